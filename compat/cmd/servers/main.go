// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Servers lets a bare http.Client and the default stack meet nginx and haproxy
// on an ordinary day, and writes what became of the calls to a file. It ends
// with status 1 if a promise was broken, and with 2 if it could not do its work.
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

	"github.com/surefoot-go/surefoot/compat/servers"
)

const (
	statusOK = iota
	statusBroken
	statusFailed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "servers:", err)
	}
	os.Exit(status)
}

func run(ctx context.Context, args []string, w io.Writer) (int, error) {
	flags := flag.NewFlagSet("servers", flag.ContinueOnError)
	flags.SetOutput(w)
	rounds := flags.Int("rounds", 5, "how often each thing happens, about once a second")
	only := flags.String("only", "", "only the cases whose names contain this")
	out := flags.String("out", "SERVERS.md", "file to write; empty for the terminal")
	if err := flags.Parse(args); err != nil {
		return statusFailed, err
	}
	if *rounds < 1 || flags.NArg() > 0 {
		return statusFailed, fmt.Errorf("want at least one round and no arguments, got %d and %q", *rounds, flags.Args())
	}
	duels, err := fight(ctx, *rounds, *only, w)
	if err != nil {
		return statusFailed, err
	}
	status := statusOK
	for _, d := range duels {
		if len(d.Broken) > 0 {
			status = statusBroken
		}
	}
	report := servers.Report(ctx, command(*rounds, *only), duels)
	if *out == "" {
		_, err = fmt.Fprintln(w, "\n"+report)
	} else {
		err = os.WriteFile(*out, []byte(report), 0o644) //nolint:gosec // a report is for everybody
	}
	if err != nil {
		return statusFailed, err
	}
	return status, nil
}

// tries is how often a case is begun anew where the machine is too busy.
const tries = 30

// fight goes through the cases one after another, so that they do not disturb
// each other.
func fight(ctx context.Context, rounds int, only string, w io.Writer) ([]*servers.Duel, error) {
	var duels []*servers.Duel
	for _, c := range servers.Cases() {
		name := c.Program + ": " + c.Name + ", " + c.Protocol()
		if !strings.Contains(name, only) {
			continue
		}
		d, err := servers.Fight(ctx, c, rounds, tries)
		if err != nil {
			return nil, err
		}
		if d.Busy {
			return nil, fmt.Errorf("%s: the machine is too busy: calls began %v and %v too late, outages took %v and %v",
				name, d.Bare.Late, d.Ours.Late, d.Bare.Longest(), d.Ours.Longest())
		}
		bare, ours := d.Bare.Total(), d.Ours.Total()
		_, _ = fmt.Fprintf(w, "%s: bare completed %d of %d, surefoot %d\n", name, bare.Completed, bare.Asked, ours.Completed)
		for _, what := range d.Broken {
			_, _ = fmt.Fprintln(w, "  BROKEN:", what)
		}
		duels = append(duels, d)
	}
	if len(duels) == 0 {
		return nil, fmt.Errorf("there is no case with %q in its name", only)
	}
	return duels, nil
}

// command returns the command that does the same again.
func command(rounds int, only string) string {
	c := fmt.Sprintf("go run ./cmd/servers -rounds %d", rounds)
	if only != "" {
		c += fmt.Sprintf(" -only %q", only)
	}
	return c
}
