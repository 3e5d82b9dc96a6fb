// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command storm simulates storms and writes STORMS.md and time lines. Run it in
// the directory of the benchmarks module:
//
//	go run ./cmd/storm
//	go run ./cmd/storm -print -only outage503,hang -lib surefoot -seeds 3
//	go run ./cmd/storm -print -lib 'surefoot*' -clients 50
//
// Time is simulated, so the whole of it takes a few minutes, and one storm with
// one library and one seed less than a second.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing" //nolint:depguard // see storm.Main
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/cli"
	"github.com/surefoot-go/surefoot/benchmarks/internal/stormpage"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// findings are what people make of the numbers.
//
//go:embed findings.md
var findings string

func main() {
	storm.Main("storm", func(t *testing.T) error {
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
	only, lib, clients, out string
	seeds                   int
	quick, print, list      bool
}

func parse(args []string, log io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("storm", flag.ContinueOnError)
	flags.SetOutput(log)
	flags.StringVar(&s.only, "only", "", "scenarios, with commas between; * stands for anything")
	flags.StringVar(&s.lib, "lib", "", "contenders, with commas between; * stands for anything")
	flags.StringVar(&s.clients, "clients", "", "numbers of clients, with commas between, in place of those of the scenarios")
	flags.IntVar(&s.seeds, "seeds", 0, "how many seeds (default 5, quick 1)")
	flags.BoolVar(&s.quick, "quick", false, "shorter storms, to see that it works: nothing to quote")
	flags.BoolVar(&s.print, "print", false, "print the tables and write no files")
	flags.BoolVar(&s.list, "list", false, "list scenarios and contenders, and run nothing")
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

// scenarios are those of -only, with the clients of -clients.
func (s settings) scenarios() ([]storm.Scenario, error) {
	list, err := cli.Chosen(s.only, storm.Scenarios(), func(s storm.Scenario) string { return s.Name })
	if err != nil {
		return nil, err
	}
	if s.clients != "" {
		if list, err = withClients(list, s.clients); err != nil {
			return nil, err
		}
	}
	if s.quick {
		for i := range list {
			list[i] = list[i].Shorter()
		}
	}
	return list, nil
}

func withClients(list []storm.Scenario, numbers string) ([]storm.Scenario, error) {
	var all []storm.Scenario
	for number := range strings.SplitSeq(numbers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-clients: %q is no number of clients", number)
		}
		seen := map[string]bool{}
		for _, one := range list {
			if !seen[one.Name] {
				seen[one.Name] = true
				one.Clients = n
				all = append(all, one)
			}
		}
	}
	return all, nil
}

func run(t *testing.T, args []string, out, log io.Writer) error {
	t.Helper()
	s, err := parse(args, log)
	if err != nil {
		return err
	}
	scenarios, err := s.scenarios()
	if err != nil {
		return err
	}
	contenders, err := cli.Chosen(s.lib, storm.Contenders(), func(c storm.Contender) string { return c.Name })
	if err != nil {
		return err
	}
	if s.list {
		return list(out, scenarios, contenders)
	}
	if !s.print { // now, and not when everything is over
		if err := os.MkdirAll(s.out, 0o755); err != nil { //nolint:gosec // to be read by everybody
			return err
		}
	}
	began := time.Now()
	tournament := storm.Tournament{
		Scenarios: scenarios, Contenders: contenders, Seeds: s.seeds, Workers: runtime.GOMAXPROCS(0), Log: log,
	}
	book, err := tournament.Run(t)
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "done after %s\n", time.Since(began).Round(100*time.Millisecond))
	page := &stormpage.Page{
		Book: book, Scenarios: scenarios, Contenders: contenders, Findings: findings,
		Command: cli.Command("storm", args), Settings: s.String(),
	}
	if err := page.Print(out); err != nil || s.print {
		return err
	}
	return write(s.out, page)
}

func list(out io.Writer, scenarios []storm.Scenario, contenders []storm.Contender) error {
	for _, s := range scenarios {
		if _, err := fmt.Fprintf(out, "%-26s %s\n", s.Label(), s.Text); err != nil {
			return err
		}
	}
	for _, c := range contenders {
		if _, err := fmt.Fprintf(out, "%-26s %s\n", c.Name, c.Notes); err != nil {
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

func write(dir string, page *stormpage.Page) error {
	files := page.Charts()
	files["STORMS.md"] = page.Markdown()
	return cli.Write(dir, files)
}
