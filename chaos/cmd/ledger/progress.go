// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/chaos"
)

// every is how often progress is told where it cannot be written over.
const every = 10 * time.Second

// A progress tells how far a run is: on one line of a terminal, or on a new
// line from time to time elsewhere.
type progress struct {
	w        io.Writer
	name     string
	quiet    bool
	terminal bool
	last     time.Duration
}

func newProgress(w io.Writer, cfg chaos.Config, quiet bool) *progress {
	p := &progress{w: w, quiet: quiet, name: cfg.Client.Name + ", no keys"}
	if cfg.Keys {
		p.name = cfg.Client.Name + ", keys"
	}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) show(now chaos.Progress) {
	if p.quiet || !p.terminal && now.Took-p.last < every {
		return
	}
	p.last = now.Took
	before, after := "", "\n"
	if p.terminal {
		before, after = "\r\033[K", ""
	}
	_, _ = fmt.Fprintf(p.w, "%s%s: %d of %d calls, %.0f a second, %d applied twice%s", before, p.name,
		now.Done, now.Calls, float64(now.Done)/now.Took.Seconds(), now.Twice, after)
}

// done tells the result of a run, in a few lines.
func (p *progress) done(a *chaos.Audit) {
	before := ""
	if p.terminal && !p.quiet {
		before = "\r\033[K"
	}
	_, _ = fmt.Fprintf(p.w, "%s%s: %d asked in %s, %d completed, %d cut short, %d unknown (%d applied), %d applied twice, %d lost",
		before, p.name, a.Asked, a.Took.Round(time.Second), a.Completed, a.CutShort, a.Unknown, a.UnknownApplied, a.Twice, a.Lost)
	if a.Config.Keys {
		_, _ = fmt.Fprintf(p.w, "; %d of %d completable missed (budget %d, circuit %d)", a.Missed, a.Completable, a.ByBudget, a.ByCircuit)
	}
	if a.Stall > chaos.AttemptTimeout/4 {
		_, _ = fmt.Fprintf(p.w, "; the machine stood still for %s", a.Stall.Round(time.Millisecond))
	}
	_, _ = fmt.Fprintln(p.w)
	if a.Config.Client.Ours && !a.OK() {
		for _, line := range a.Broken {
			_, _ = fmt.Fprintln(p.w, "  "+line)
		}
		for _, text := range slices.Sorted(maps.Keys(a.Told)) {
			_, _ = fmt.Fprintf(p.w, "  %8d × %s\n", a.Told[text], text)
		}
	}
}
