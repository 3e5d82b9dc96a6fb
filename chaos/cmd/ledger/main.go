// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Ledger pays over a network that breaks, with each client in turn, and writes
// what the books say to a file. It ends with status 1 if a promise of this
// module was broken, and with 2 if it could not do its work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/chaos"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "ledger:", err)
	}
	os.Exit(status)
}

const (
	statusOK = iota
	statusBroken
	statusFailed
)

// settings are the flags.
type settings struct {
	calls   int
	callers int
	seed    uint64
	keys    string
	clients string
	out     string
	limit   time.Duration
	quiet   bool
}

func parse(args []string, w io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("ledger", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.IntVar(&s.calls, "calls", 20_000, "POSTs to make with each client")
	flags.IntVar(&s.callers, "callers", chaos.Callers, "callers of each host")
	flags.Uint64Var(&s.seed, "seed", 1, "fixes what befalls each call")
	flags.StringVar(&s.keys, "keys", "both", "with idempotency keys: true, false or both")
	flags.StringVar(&s.clients, "clients", allClients(), "which clients")
	flags.StringVar(&s.out, "out", "LEDGER.md", "file to write; empty for the terminal alone")
	flags.DurationVar(&s.limit, "limit", 3*time.Hour, "give up after this time")
	flags.BoolVar(&s.quiet, "q", false, "do not tell of progress")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("there is no argument %q", flags.Arg(0))
	}
	return s, nil
}

// command returns the command that makes the same calls again.
func (s settings) command() string {
	c := fmt.Sprintf("go run ./cmd/ledger -calls %d -callers %d -seed %d -keys %s", s.calls, s.callers, s.seed, s.keys)
	if s.clients != allClients() {
		c += " -clients " + s.clients
	}
	return c
}

func allClients() string {
	var names []string
	for _, c := range chaos.Clients() {
		names = append(names, c.Name)
	}
	return strings.Join(names, ",")
}

// configs returns the runs that the settings ask for.
func (s settings) configs() ([]chaos.Config, error) {
	modes, ok := map[string][]bool{"true": {true}, "false": {false}, "both": {false, true}}[s.keys]
	if !ok {
		return nil, fmt.Errorf("keys %q: want true, false or both", s.keys)
	}
	var all []chaos.Config
	for name := range strings.SplitSeq(s.clients, ",") {
		c, ok := chaos.Find(strings.TrimSpace(name))
		if !ok {
			return nil, fmt.Errorf("there is no client %q", name)
		}
		for _, keys := range modes {
			cfg := chaos.Default(c, keys)
			cfg.Calls, cfg.Seed, cfg.Callers = s.calls, s.seed, s.callers
			all = append(all, cfg)
		}
	}
	return all, nil
}

func run(ctx context.Context, args []string, w io.Writer) (int, error) {
	s, err := parse(args, w)
	if err != nil {
		return statusFailed, err
	}
	configs, err := s.configs()
	if err != nil {
		return statusFailed, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	var audits []*chaos.Audit
	status := statusOK
	for _, cfg := range configs {
		p := newProgress(w, cfg, s.quiet)
		cfg.Progress = p.show
		a, err := chaos.Run(ctx, cfg)
		if err != nil {
			return statusFailed, err
		}
		p.done(a)
		if cfg.Client.Ours && !a.OK() {
			status = statusBroken
		}
		audits = append(audits, a)
		if err := s.write(w, audits, len(audits) == len(configs)); err != nil {
			return statusFailed, err
		}
	}
	return status, nil
}

// write writes the report after each run, so that a long list of runs that is
// broken off leaves something behind.
func (s settings) write(w io.Writer, audits []*chaos.Audit, last bool) error {
	report := chaos.Report(s.command(), audits)
	if s.out == "" {
		if last {
			_, _ = fmt.Fprintln(w, "\n"+report)
		}
		return nil
	}
	return os.WriteFile(s.out, []byte(report), 0o644) //nolint:gosec // a report is for everybody
}
