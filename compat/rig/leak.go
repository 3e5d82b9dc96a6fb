// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A Rest is what is left of a run when its session is closed.
type Rest struct {
	// Connections are those that are open at the proxy and that no pool holds idle.
	// Idle ones are not dropped: most SDKs share the pool of net/http,
	// and other runs would miss theirs.
	Connections int
	// Busy are goroutines that the run has started and that do not just keep an
	// idle connection: streams and bodies that nobody closed, and whatever else.
	Busy []string
	// After are the goroutines that are left when the proxy is gone too.
	After []string
}

// Goroutines is how many there are of both kinds, at the most.
func (r Rest) Goroutines() int { return max(len(r.Busy), len(r.After)) }

// settleLimitBare is how long an SDK is waited for that may not let go of what it
// has by itself.
const settleLimitBare = time.Second

// runs numbers the runs of this process, whose goroutines bear the number.
var runs atomic.Int64 //nolint:gochecknoglobals // a label has to be unique

const label = "surefoot-rig-run"

// marked calls f so that it, and every goroutine that it starts, bears a label.
func marked(ctx context.Context, f func() error) (id string, err error) {
	id = strconv.FormatInt(runs.Add(1), 10)
	pprof.Do(ctx, pprof.Labels(label, id), func(context.Context) { err = f() })
	return id, err
}

// goroutines returns the stacks of those that bear a label. A program runs many
// cases beside each other, so that their number alone would say nothing.
func goroutines(id string) []string {
	var all bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&all, 1) // a buffer takes everything
	var stacks []string
	mark := fmt.Sprintf("%q:%q", label, id)
	for entry := range strings.SplitSeq(all.String(), "\n\n") {
		head, stack, _ := strings.Cut(entry, "\n# labels: ")
		labels, stack, _ := strings.Cut(stack, "\n")
		if !strings.Contains(labels, mark) {
			continue
		}
		_, head, _ = cutLast(head, "\n") // the first entry has a title
		n, _, _ := strings.Cut(head, " @")
		for range atLeastOne(n) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	return s[:max(i, 0)], s[i+1:], i >= 0
}

func atLeastOne(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 1
	}
	return n
}

// sorted counts idle connections and returns the stacks of all goroutines that are
// not of them. Net/http has two goroutines for a connection of HTTP/1, of which that
// for reading peeks while its connection is idle, and waits elsewhere for a body's
// end; and one for a connection of HTTP/2, besides those of its streams.
func sorted(stacks []string) (idle int, busy []string) {
	for _, stack := range stacks {
		switch {
		case strings.Contains(stack, "(*persistConn).writeLoop"):
		case strings.Contains(stack, "(*persistConn).readLoop") && strings.Contains(stack, "bufio.(*Reader).Peek"),
			strings.Contains(stack, "onnReadLoop).run"):
			idle++
		default:
			busy = append(busy, stack)
		}
	}
	return idle, busy
}

// settle returns what is left of a run, whose session is closed, and closes the
// proxy.
func settle(p *proxy, id string, limit time.Duration) Rest {
	var rest Rest
	within(limit, func() bool {
		idle := 0
		idle, rest.Busy = sorted(goroutines(id))
		rest.Connections = max(int(p.open.Load())-idle, 0)
		return rest.Connections+len(rest.Busy) == 0
	})
	p.close()
	within(limit, func() bool {
		rest.After = goroutines(id)
		return len(rest.After) == 0
	})
	return rest
}

// within asks done again and again until it says yes, for so long.
func within(limit time.Duration, done func() bool) {
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end.C:
			return
		}
	}
}

// A rested is what is left of a run.
type rested struct {
	run      string
	surefoot bool
	rest     Rest
}

// judgeRests says what is left that should not be: with surefoot no connection, and
// no goroutine but for as many as the SDK leaves without it.
func (r *runner) judgeRests() {
	bare, ours := &r.result.RestBare, &r.result.Rest
	for _, run := range r.rests {
		into := bare
		if run.surefoot {
			into = ours
		}
		into.add(run.rest)
	}
	for _, run := range r.rests {
		if !run.surefoot {
			continue
		}
		if n := run.rest.Connections; n > len(bare.Busy) {
			r.problem("%s: %d connections are left open", run.run, n)
		}
		if n := len(run.rest.Busy); n > len(bare.Busy) {
			r.problem("%s: %d goroutines are left, and %d without surefoot:\n%s", run.run, n, len(bare.Busy), run.rest.Busy[0])
		}
		if n := len(run.rest.After); n > len(bare.After) {
			r.problem("%s: %d goroutines outlive the server, and %d do without surefoot:\n%s", run.run, n, len(bare.After), run.rest.After[0])
		}
	}
}

// add makes r the larger of both, one by one.
func (r *Rest) add(other Rest) {
	r.Connections = max(r.Connections, other.Connections)
	if len(other.Busy) > len(r.Busy) {
		r.Busy = other.Busy
	}
	if len(other.After) > len(r.After) {
		r.After = other.After
	}
}
