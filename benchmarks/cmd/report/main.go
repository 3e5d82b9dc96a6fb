// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command report measures everything and writes RESULTS.md, time.svg and
// allocations.svg. Run it in the directory of the benchmarks module:
//
//	go run ./cmd/report
//	go run ./cmd/report -quick
//	go run ./cmd/report -only calls,features -passes 1 -out DIRECTORY
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/cli"
	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/report"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
)

// findings are what people make of the numbers.
//
//go:embed findings.md
var findings string

func main() {
	switch err := run(os.Args[1:], os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	quick, full    bool
	rounds, passes int
	only, out      string
	slice          time.Duration
}

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.BoolVar(&s.quick, "quick", false, "measure little, to see that it works: nothing to quote")
	flags.BoolVar(&s.full, "full", false, "measure every combination of request, hosts, goroutines and outcome")
	flags.IntVar(&s.rounds, "rounds", 0, "turns of each contender in each case (default 31, quick 5)")
	flags.IntVar(&s.passes, "passes", 0, "how often everything is measured (default 3, quick 1)")
	flags.DurationVar(&s.slice, "slice", 0, "length of a turn (default 3ms, quick 300µs)")
	flags.StringVar(&s.only, "only", "", "parts to measure, with commas between: "+strings.Join(parts(), ", "))
	flags.StringVar(&s.out, "out", ".", "directory to write to")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	set := func(n *int, usual, quick int) {
		switch {
		case *n > 0:
		case s.quick:
			*n = quick
		default:
			*n = usual
		}
	}
	set(&s.rounds, 31, 5)
	set(&s.passes, 3, 1)
	slice := int(s.slice)
	set(&slice, int(3*time.Millisecond), int(300*time.Microsecond))
	s.slice = time.Duration(slice)
	return s, s.checkParts()
}

func parts() []string {
	names := []string{}
	for _, p := range suite.Parts() {
		names = append(names, p.Name)
	}
	return names
}

func (s settings) checkParts() error {
	for name := range strings.SplitSeq(s.only, ",") {
		if s.only != "" && !slices.Contains(parts(), name) {
			return fmt.Errorf("there is no part %q; the parts are %s", name, strings.Join(parts(), ", "))
		}
	}
	return nil
}

func (s settings) wants(part string) bool {
	return s.only == "" || slices.Contains(strings.Split(s.only, ","), part)
}

func (s settings) String() string {
	text := fmt.Sprintf("%d passes; %d rounds of slices of %s", s.passes, s.rounds, s.slice)
	if s.quick {
		text += "; quick: **too little to quote**"
	}
	return text
}

func run(args []string, log io.Writer) error {
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	if err := cli.Prepare(s.out); err != nil {
		return err
	}
	began := time.Now()
	book := suite.NewBook()
	for _, part := range suite.Parts() {
		for pass := range s.passes {
			if !s.wants(part.Name) {
				continue
			}
			fmt.Fprintf(log, "%s: pass %d of %d, after %s\n", part.Name, pass+1, s.passes, time.Since(began).Round(time.Second))
			cfg := suite.Config{Rounds: s.rounds, Slice: s.slice, Full: s.full, Quick: s.quick, Pass: pass, Log: log}
			if err := part.Run(cfg, book); err != nil {
				return fmt.Errorf("%s: %w", part.Name, err)
			}
		}
	}
	r := &report.Report{Book: book, Origin: page.Origin{
		Command:  cli.Command("report", args),
		Settings: fmt.Sprintf("%s; %s in all", s, time.Since(began).Round(time.Second)),
		Findings: findings,
	}}
	files := r.Charts()
	files["RESULTS.md"] = r.Markdown()
	return cli.Write(s.out, files)
}
