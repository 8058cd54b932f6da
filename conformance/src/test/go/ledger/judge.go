package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

func judge(dir string) error {
	verifiers, err := readVerifiers(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		run  func() (int, error)
	}{
		{"checkpoints", func() (int, error) { return checkpoints(filepath.Join(dir, "checkpoints"), verifiers) }},
		{"inclusion", func() (int, error) { return proofs(filepath.Join(dir, "inclusion"), proof.VerifyInclusion) }},
		{"consistency", func() (int, error) {
			return proofs(filepath.Join(dir, "consistency"), consistency)
		}},
		{"bundles", func() (int, error) { return bundles(filepath.Join(dir, "bundles"), verifiers) }},
		{"policy", func() (int, error) { return policy(dir) }},
		{"log", func() (int, error) { return wholeLog(filepath.Join(dir, "log"), verifiers[0]) }},
	} {
		count, err := step.run()
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Println(step.name, count)
	}
	return nil
}

func readVerifiers(file string) ([]note.Verifier, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var verifiers []note.Verifier
	for _, vkey := range strings.Fields(string(text)) {
		v, err := f_note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", vkey, err)
		}
		verifiers = append(verifiers, v)
	}
	return verifiers, nil
}

// each calls what is to be done with the content of each file of a folder.
func each(folder string, do func(name string, content []byte) error) (int, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return 0, err
		}
		if err := do(file.Name(), content); err != nil {
			return 0, fmt.Errorf("%s: %w", file.Name(), err)
		}
	}
	return len(files), nil
}

func checkpoints(folder string, verifiers []note.Verifier) (int, error) {
	return each(folder, func(_ string, content []byte) error {
		opened, err := note.Open(content, note.VerifierList(verifiers...))
		if err != nil {
			return err
		}
		if len(opened.Sigs) != len(verifiers) || len(opened.UnverifiedSigs) != 0 {
			return fmt.Errorf("%d of %d keys signed", len(opened.Sigs), len(verifiers))
		}
		var c log.Checkpoint
		if rest, err := c.Unmarshal([]byte(opened.Text)); err != nil || len(rest) != 0 {
			return fmt.Errorf("%d bytes behind the checkpoint: %w", len(rest), err)
		}
		return nil
	})
}

type verification func(h merkle.LogHasher, a, b uint64, x []byte, hashes [][]byte, y []byte) error

func consistency(h merkle.LogHasher, from, to uint64, fromRoot []byte, hashes [][]byte, toRoot []byte) error {
	return proof.VerifyConsistency(h, from, to, hashes, fromRoot, toRoot)
}

func proofs(file string, verify verification) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, line := range lines {
		words := strings.Split(line, " ")
		if len(words) < 4 {
			return 0, fmt.Errorf("line %d has %d words", i+1, len(words))
		}
		a, err := strconv.ParseUint(words[0], 10, 64)
		if err != nil {
			return 0, err
		}
		b, err := strconv.ParseUint(words[1], 10, 64)
		if err != nil {
			return 0, err
		}
		var hashes [][]byte
		for _, word := range words[2:] {
			hash, err := base64.StdEncoding.DecodeString(word)
			if err != nil {
				return 0, err
			}
			hashes = append(hashes, hash)
		}
		if err := verify(rfc6962.DefaultHasher, a, b, hashes[0], hashes[2:], hashes[1]); err != nil {
			return 0, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return len(lines), nil
}

func bundles(folder string, verifiers []note.Verifier) (int, error) {
	return each(folder, func(_ string, content []byte) error {
		var p f_proof.TLogProof
		if err := p.Unmarshal(content); err != nil {
			return err
		}
		opened, err := note.Open(p.Checkpoint, note.VerifierList(verifiers...))
		if err != nil {
			return err
		}
		var c log.Checkpoint
		if _, err := c.Unmarshal([]byte(opened.Text)); err != nil {
			return err
		}
		var hashes [][]byte
		for _, hash := range p.Hashes {
			hashes = append(hashes, hash[:])
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(p.ExtraData)
		return proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, c.Size, leaf, hashes, c.Hash)
	})
}

func policy(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "policy"))
	if err != nil {
		return 0, err
	}
	group, err := witness.ParsePolicy(text)
	if err != nil {
		return 0, err
	}
	total := 0
	for folder, want := range map[string]bool{"reached": true, "missed": false} {
		count, err := each(filepath.Join(dir, folder), func(_ string, content []byte) error {
			if got := group.Satisfied(content); got != want {
				return fmt.Errorf("quorum reached: %v", got)
			}
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("%s: %w", folder, err)
		}
		total += count
	}
	return total, nil
}

// wholeLog reads all entries of a log, computes all its tiles and its root from them, and compares.
func wholeLog(folder string, verifier note.Verifier) (int, error) {
	ctx := context.Background()
	fetcher := client.FileFetcher{Root: folder}
	if err := fsck.New(verifier.Name(), verifier, fetcher, leafHashes, fsck.Opts{N: 2}).Check(ctx); err != nil {
		return 0, err
	}
	c, _, _, err := client.FetchCheckpoint(ctx, fetcher.ReadCheckpoint, verifier, verifier.Name())
	if err != nil {
		return 0, err
	}
	return int(c.Size), nil
}

func leafHashes(bundle []byte) ([][]byte, error) {
	var entries api.EntryBundle
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
