package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const (
	origin  = "go.example/log"
	entries = 600
)

// entry is one of Candor's, so that its verifier finds nothing strange in the log.
func entry(i int) []byte {
	return fmt.Appendf(nil, "candor/1 go-made\nat 2026-11-30T09:10:11.123456789Z\nboot go\nclock %d\nnumber %d\n", i, i)
}

type signer struct {
	note.Signer
	vkey string
}

func makeAll(dir string) error {
	signers, err := newSigners()
	if err != nil {
		return err
	}
	var vkeys []string
	var all []note.Signer
	for _, s := range signers {
		vkeys = append(vkeys, s.vkey)
		all = append(all, s)
	}
	if err := write(dir, "keys", []byte(strings.Join(vkeys, "\n")+"\n")); err != nil {
		return err
	}

	tree := testonly.New(rfc6962.DefaultHasher)
	for i := range entries {
		tree.AppendData(entry(i))
	}
	for _, size := range []uint64{0, 1, 2, 255, 256, 257, entries} {
		signed, err := checkpoint(tree, size, all)
		if err != nil {
			return err
		}
		if err := write(dir, fmt.Sprintf("checkpoints/%d", size), signed); err != nil {
			return err
		}
	}
	if err := makeProofs(dir, tree, all); err != nil {
		return err
	}
	if err := makePolicy(dir, tree, signers); err != nil {
		return err
	}
	return makeLog(filepath.Join(dir, "log"), signers[0])
}

// newSigners gives the log's two keys and those of two witnesses.
func newSigners() ([]signer, error) {
	var signers []signer
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	ed25519, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	signers = append(signers, signer{ed25519, vkey})
	for _, name := range []string{origin, "w1.example"} {
		skey, vkey, err := f_note.GenerateMLDSAKey(name)
		if err != nil {
			return nil, err
		}
		mldsa, err := f_note.NewSignerForCosignatureV1(skey)
		if err != nil {
			return nil, err
		}
		signers = append(signers, signer{mldsa, vkey})
	}
	skey, vkey, err = note.GenerateKey(rand.Reader, "w2.example")
	if err != nil {
		return nil, err
	}
	cosigner, err := f_note.NewSignerForCosignatureV1(skey)
	if err != nil {
		return nil, err
	}
	if vkey, err = f_note.VKeyToCosignatureV1(vkey); err != nil {
		return nil, err
	}
	return append(signers, signer{cosigner, vkey}), nil
}

func checkpoint(tree *testonly.Tree, size uint64, signers []note.Signer) ([]byte, error) {
	c := log.Checkpoint{Origin: origin, Size: size, Hash: tree.HashAt(size)}
	return note.Sign(&note.Note{Text: string(c.Marshal())}, signers...)
}

func makeProofs(dir string, tree *testonly.Tree, signers []note.Signer) error {
	signed, err := checkpoint(tree, entries, signers)
	if err != nil {
		return err
	}
	var inclusion, consistency strings.Builder
	for i := uint64(0); i < entries; i += 7 {
		hashes, err := tree.InclusionProof(i, entries)
		if err != nil {
			return err
		}
		line(&inclusion, i, entries, tree.LeafHash(i), tree.HashAt(entries), hashes)
		bundle := f_proof.TLogProof{Index: i, Checkpoint: signed, ExtraData: entry(int(i))}
		for _, hash := range hashes {
			bundle.Hashes = append(bundle.Hashes, [32]byte(hash))
		}
		if i%5 == 0 {
			if err := write(dir, fmt.Sprintf("bundles/%d.tlog-proof", i), bundle.Marshal()); err != nil {
				return err
			}
		}
		to := min(i+1+i%31, entries)
		growth, err := tree.ConsistencyProof(i+1, to)
		if err != nil {
			return err
		}
		line(&consistency, i+1, to, tree.HashAt(i+1), tree.HashAt(to), growth)
	}
	if err := write(dir, "inclusion", []byte(inclusion.String())); err != nil {
		return err
	}
	return write(dir, "consistency", []byte(consistency.String()))
}

func line(out *strings.Builder, a, b uint64, x, y []byte, hashes [][]byte) {
	fmt.Fprint(out, a, " ", b)
	for _, hash := range append([][]byte{x, y}, hashes...) {
		fmt.Fprint(out, " ", base64.StdEncoding.EncodeToString(hash))
	}
	fmt.Fprintln(out)
}

func makePolicy(dir string, tree *testonly.Tree, signers []signer) error {
	policy := fmt.Sprintf(`# both witnesses
log %s
witness w1 %s https://w1.example/
witness w2 %s https://w2.example/
group both all w1 w2
quorum both
`, signers[0].vkey, signers[2].vkey, signers[3].vkey)
	if err := write(dir, "policy", []byte(policy)); err != nil {
		return err
	}
	for name, by := range map[string][]note.Signer{
		"reached/all":  {signers[0], signers[1], signers[2], signers[3]},
		"reached/both": {signers[3], signers[0], signers[2]},
		"missed/w1":    {signers[0], signers[1], signers[2]},
		"missed/w2":    {signers[0], signers[3]},
		"missed/none":  {signers[0]},
	} {
		signed, err := checkpoint(tree, entries, by)
		if err != nil {
			return err
		}
		if err := write(dir, name, signed); err != nil {
			return err
		}
	}
	return nil
}

// makeLog appends all entries by Tessera, which lays out files as C2SP tlog-tiles says.
func makeLog(folder string, by note.Signer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	if err != nil {
		return err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(by).
		WithBatching(entries, 200*time.Millisecond).
		WithCheckpointInterval(100 * time.Millisecond)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return err
	}
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 20*time.Millisecond)
	var futures []tessera.IndexFuture
	for i := range entries {
		futures = append(futures, appender.Add(ctx, tessera.NewEntry(entry(i))))
	}
	for i, future := range futures {
		index, _, err := await.Await(ctx, future)
		if err != nil {
			return err
		}
		if index.Index != uint64(i) {
			return fmt.Errorf("entry %d became entry %d", i, index.Index)
		}
	}
	return shutdown(ctx)
}

func write(dir, name string, content []byte) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
