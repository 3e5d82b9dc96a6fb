// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Table runs every SDK on top of surefoot, at length, and writes what came of it
// to a file. It ends with status 1 if a promise of this module was broken, and
// with 2 if it could not do its work.
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
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/compat/cases"
	"github.com/surefoot-go/surefoot/compat/rig"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	terminal := os.Stdout
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null // stripe-mock talks
	}
	status, err := run(ctx, os.Args[1:], terminal)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "table:", err)
	}
	os.Exit(status)
}

const (
	statusOK = iota
	statusBroken
	statusFailed
)

func run(ctx context.Context, args []string, w io.Writer) (int, error) {
	flags := flag.NewFlagSet("table", flag.ContinueOnError)
	flags.SetOutput(w)
	out := flags.String("out", "RESULTS.md", "file to write; empty for the terminal")
	only := flags.String("only", "", "only SDKs whose name contains this")
	short := flags.Bool("short", false, "as little as the tests do")
	if err := flags.Parse(args); err != nil {
		return statusFailed, err
	}
	plan := rig.Long()
	if *short {
		plan = rig.Short()
	}
	results, err := runAll(ctx, pick(*only), plan, w)
	if err != nil {
		return statusFailed, err
	}
	page := render(results, plan)
	if *out == "" {
		_, err = io.WriteString(w, page)
	} else {
		err = os.WriteFile(*out, []byte(page), 0o644) //nolint:gosec // a page for everybody
	}
	if err != nil {
		return statusFailed, err
	}
	for _, r := range results {
		if len(r.Problems) > 0 {
			return statusBroken, nil
		}
	}
	return statusOK, nil
}

func pick(name string) []rig.Case {
	var some []rig.Case
	for _, c := range cases.All() {
		if strings.Contains(c.Name, name) {
			some = append(some, c)
		}
	}
	return some
}

// runAll runs the cases beside each other, since they mostly wait.
func runAll(ctx context.Context, all []rig.Case, plan rig.Plan, w io.Writer) ([]rig.Result, error) {
	results, errs := make([]rig.Result, len(all)), make([]error, len(all))
	var mu sync.Mutex
	var running sync.WaitGroup
	for i, c := range all {
		running.Go(func() {
			results[i], errs[i] = rig.Run(ctx, c, plan)
			mu.Lock()
			defer mu.Unlock()
			_, _ = fmt.Fprintf(w, "%s: %+v, hang %+v, %s\n", c.Name, results[i].Surefoot, results[i].Hang, results[i].Took.Round(time.Second)) // it is only progress
			for _, problem := range results[i].Problems {
				_, _ = fmt.Fprintln(w, "  ", problem) // as above
			}
		})
	}
	running.Wait()
	return results, errors.Join(errs...)
}
