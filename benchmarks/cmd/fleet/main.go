// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command fleet simulates storms over the instances of a fleet, which share what
// they know or do not, and writes FLEET.md and time lines. Run it in the directory
// of the benchmarks module:
//
//	go run ./cmd/fleet
//	go run ./cmd/fleet -print -only 'outage503*,hang, 200*' -crew alone,shared -seeds 3
//
// Time is simulated, so the whole of it takes a few minutes.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing" //nolint:depguard // see storm.Main
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/cli"
	"github.com/surefoot-go/surefoot/benchmarks/internal/fleetpage"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// findings are what people make of the numbers.
//
//go:embed findings.md
var findings string

func main() {
	storm.Main("fleet", func(t *testing.T) error {
		t.Helper()
		err := run(t, os.Args[1:], os.Stdout, os.Stderr)
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	})
}

// settings are what the flags say.
type settings struct {
	only, crew, out    string
	seeds, instances   int
	quick, print, list bool
}

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&s.only, "only", "", "drills, with commas between; * stands for anything")
	flags.StringVar(&s.crew, "crew", "", "crews, with commas between; * stands for anything")
	flags.IntVar(&s.instances, "instances", 0, "only drills with so many instances")
	flags.IntVar(&s.seeds, "seeds", 0, "how many seeds (default 5, quick 1)")
	flags.BoolVar(&s.quick, "quick", false, "shorter storms, to see that it works: nothing to quote")
	flags.BoolVar(&s.print, "print", false, "print the tables and write no files")
	flags.BoolVar(&s.list, "list", false, "list drills and crews, and run nothing")
	flags.StringVar(&s.out, "out", ".", "directory to write to")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.seeds <= 0 {
		s.seeds = 5
		if s.quick {
			s.seeds = 1
		}
	}
	return s, nil
}

// drills are those of -only, with the instances of -instances.
func (s settings) drills() ([]storm.Drill, error) {
	list, err := cli.Chosen(s.only, storm.Drills(), func(d storm.Drill) string { return d.Name })
	if err != nil {
		return nil, err
	}
	var some []storm.Drill
	for _, d := range list {
		if s.instances != 0 && d.Clients != s.instances {
			continue
		}
		if s.quick {
			d = d.Shorter()
		}
		some = append(some, d)
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("no drill has %d instances; see -list", s.instances)
	}
	return some, nil
}

func run(t *testing.T, args []string, out, log io.Writer) error {
	t.Helper()
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	drills, err := s.drills()
	if err != nil {
		return err
	}
	crews, err := cli.Chosen(s.crew, storm.Crews(), func(c storm.Crew) string { return c.Name })
	if err != nil {
		return err
	}
	if s.list {
		return list(out, drills, crews)
	}
	if !s.print { // now, and not when everything is over
		if err := os.MkdirAll(s.out, 0o755); err != nil { //nolint:gosec // to be read by everybody
			return err
		}
	}
	began := time.Now()
	book, err := storm.Campaign{Drills: drills, Crews: crews, Seeds: s.seeds, Workers: runtime.GOMAXPROCS(0), Log: log}.Run(t)
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "done after %s\n", time.Since(began).Round(100*time.Millisecond))
	page := &fleetpage.Page{
		Book: book, Drills: drills, Crews: crews, Findings: findings,
		Command: cli.Command("fleet", args), Settings: s.String(),
	}
	if err := page.Print(out); err != nil || s.print {
		return err
	}
	files := page.Charts()
	files["FLEET.md"] = page.Markdown()
	return cli.Write(s.out, files)
}

func list(out io.Writer, drills []storm.Drill, crews []storm.Crew) error {
	for _, d := range drills {
		if _, err := fmt.Fprintf(out, "%-30s %s\n", d.Label(), d.Text); err != nil {
			return err
		}
	}
	for _, c := range crews {
		if _, err := fmt.Fprintf(out, "%-30s %s\n", c.Name, c.Notes); err != nil {
			return err
		}
	}
	return nil
}

func (s settings) String() string {
	text := fmt.Sprintf("%d seeds", s.seeds)
	if s.quick {
		text += "; quick: **too short to quote**"
	}
	return text
}
