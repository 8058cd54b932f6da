// Judges what a Candor ledger wrote, and writes what Candor must be able to judge, by the Go
// implementations of the same specifications.
//
// Both ways have one folder layout:
//
//	keys                  a vkey a line
//	checkpoints/NAME      signed notes, each by all the keys
//	inclusion             lines: index, size, leaf hash, root, hashes of the proof
//	consistency           lines: from, to, root of from, root of to, hashes of the proof
//	bundles/NAME          tlog-proofs whose extra data is the entry
//	policy                witnesses and a quorum; reached/NAME satisfies it, missed/NAME does not
//	log/                  checkpoint, tile/… of a log, by the first of the keys
//
// Hashes are in Base64, words are separated by a space.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: %s judge|make DIR", os.Args[0]))
	}
	var err error
	switch os.Args[1] {
	case "judge":
		err = judge(os.Args[2])
	case "make":
		err = makeAll(os.Args[2])
	default:
		err = fmt.Errorf("neither judge nor make: %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
