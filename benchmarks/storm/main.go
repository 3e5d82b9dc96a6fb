// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"flag"
	"fmt"
	"os"
	"testing" //nolint:depguard // see Main
)

// Main runs f as a test would run, in a program that is none: bubbles of fake
// time are made by testing/synctest, which wants a [testing.T]. It exits with
// status 1 where f fails. [testing.Main] is what is kept for programs that run
// tests without the go command; f must read its flags from [os.Args] itself.
func Main(name string, f func(*testing.T) error) {
	testing.Init()
	// The flags of package testing are set to their defaults, and nothing looks
	// for them among those of the program.
	if err := flag.CommandLine.Parse(nil); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(2)
	}
	testing.Main(
		func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: name, F: func(t *testing.T) {
			if err := f(t); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
				os.Exit(1)
			}
			os.Exit(0) // before package testing prints that it passed
		}}},
		nil, nil)
}
