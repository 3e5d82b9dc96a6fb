// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Apilist writes what the packages of a module export, a line for each
// identifier, field and method, so that a change of the public API can be read
// in a diff:
//
//	apilist api          # write api/PACKAGE.txt for each public package here
//	apilist -check api   # compare, print the difference, end with status 1
//
// Public is what others can import: neither commands nor what is internal. The
// lists hold names, types and the values of constants; that the meaning changed
// is for people to see.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const (
	statusOK = iota
	statusDiffers
	statusFailed
)

func main() {
	status, err := run(os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "apilist:", err)
	}
	os.Exit(status)
}

func run(args []string, w io.Writer) (int, error) {
	flags := flag.NewFlagSet("apilist", flag.ContinueOnError)
	flags.SetOutput(w)
	module := flags.String("C", ".", "directory of the module")
	check := flags.Bool("check", false, "compare with what is there, and write nothing")
	if err := flags.Parse(args); err != nil {
		return statusFailed, err
	}
	if flags.NArg() != 1 {
		return statusFailed, errors.New("want one argument, the directory of the lists")
	}
	pkgs, err := load(*module)
	if err != nil {
		return statusFailed, err
	}
	want := map[string]string{}
	for _, p := range pkgs {
		want[p.file] = list(p)
	}
	if !*check {
		if err := write(flags.Arg(0), want); err != nil {
			return statusFailed, err
		}
		return statusOK, nil
	}
	same, err := compare(w, flags.Arg(0), want)
	switch {
	case err != nil:
		return statusFailed, err
	case same:
		return statusOK, nil
	}
	return statusDiffers, nil
}
