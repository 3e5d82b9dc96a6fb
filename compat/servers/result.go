// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
)

// A Tally is what became of the calls of one kind.
type Tally struct {
	// Asked counts the calls, and Completed those that got the upstream's success
	// with its whole body.
	Asked, Completed int
	// CutShort counts those that got a success whose body broke.
	CutShort int
	// Failures counts the others by what the caller saw: a status, with
	// "by the proxy" unless the upstream sent it, or the sort of an error.
	Failures map[string]int
}

// A Result is what one client made of one case.
type Result struct {
	// Calls are the tallies by kind.
	Calls [kinds]Tally
	// Doubled counts calls whose payment the upstream applied more than once.
	Doubled int
	// Beneath counts those of them that all came from one send of the client's
	// layers: net/http has sent it again by itself. The others are the doing of a
	// layer.
	Beneath int
	// Repeated counts calls whose request reached the upstream more than once.
	Repeated int
	// Lost counts calls that were told of a success that the upstream belies.
	Lost int
	// Attempts counts what was sent, as the client sees it.
	Attempts int
	// Sends counts what layers asked net/http to send, and SendsPost those that
	// were POSTs without a key.
	Sends, SendsPost int
	// Suppressed counts retries that were not made, by reason.
	Suppressed map[observe.Reason]int
	// Dialed counts connections, and LeftOpen those that were still open after
	// all bodies had been closed and the idle ones dropped.
	Dialed, LeftOpen int
	// LeftServed counts requests that the upstream was still at then, because
	// somebody kept their response: streams, where one connection has many.
	LeftServed int
	// Workers counts processes of the proxy that answered.
	Workers int
	// OtherProtocol counts answers over another version of HTTP than meant.
	OtherProtocol int
	// Outages says how long each one took, where there were any.
	Outages []time.Duration
	// Late says how much too late a call began, at the worst.
	Late time.Duration
}

// Busy reports whether the machine was too busy for the result to say which
// calls could have completed.
func (r *Result) Busy() bool { return r.Longest() > MaxOutage || r.Late > MaxLate }

// Total adds the tallies of all kinds.
func (r *Result) Total() Tally {
	sum := Tally{Failures: map[string]int{}}
	for _, t := range r.Calls {
		sum.Asked += t.Asked
		sum.Completed += t.Completed
		sum.CutShort += t.CutShort
		for what, n := range t.Failures {
			sum.Failures[what] += n
		}
	}
	return sum
}

// Longest returns the length of the longest outage.
func (r *Result) Longest() time.Duration {
	if len(r.Outages) == 0 {
		return 0
	}
	return slices.Max(r.Outages)
}

// collect counts what a load has shown.
func collect(l *load, u *upstream) *Result {
	r := &Result{Late: l.late}
	for k := range r.Calls {
		r.Calls[k].Failures = map[string]int{}
	}
	workers := map[string]bool{}
	for _, o := range l.ended {
		t := &r.Calls[o.kind]
		t.Asked++
		switch {
		case o.complete:
			t.Completed++
		case o.cutShort:
			t.CutShort++
		default:
			t.Failures[o.failure()]++
		}
		if o.worker != "" {
			workers[o.worker] = true
		}
		if o.proto != 0 && (o.proto == 2) != l.http2 {
			r.OtherProtocol++
		}
		arrived, paid, sends := u.counts(o.id)
		if arrived > 1 {
			r.Repeated++
		}
		if paid > 1 {
			r.Doubled++
			if sends == 1 {
				r.Beneath++
			}
		}
		if o.complete && o.kind != Get && paid == 0 {
			r.Lost++
		}
	}
	r.Workers = len(workers)
	return r
}

// failure says in a word or two what the caller saw.
func (o outcome) failure() string {
	if o.status == 0 {
		return sortOf(o.err)
	}
	if o.upstream {
		return strconv.Itoa(o.status)
	}
	return strconv.Itoa(o.status) + byProxy
}

const byProxy = " by the proxy"

// sortOf names the sort of an error.
func sortOf(err error) string {
	for _, s := range []struct {
		target error
		name   string
	}{
		{syscall.ECONNREFUSED, refused},
		{breaker.ErrOpen, "circuit open"},
		{syscall.ECONNRESET, "reset"},
		{syscall.EPIPE, "broken pipe"},
		{io.ErrUnexpectedEOF, "cut off"},
		{io.EOF, silence},
		{os.ErrDeadlineExceeded, "timeout"},
		{context.DeadlineExceeded, "timeout"},
	} {
		if errors.Is(err, s.target) {
			return s.name
		}
	}
	text := err.Error()
	switch { // net/http gives these no type
	case strings.Contains(text, "GOAWAY"):
		return "GOAWAY"
	case strings.Contains(text, "server closed idle connection"):
		return "closed while idle"
	case strings.Contains(text, "connection lost"), strings.Contains(text, "connection force closed"):
		return "connection lost"
	}
	return text
}

const refused = "refused"

// list writes counts as "3 reset, 12 502", the largest first.
func list[K ~string](counts map[K]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(string(a), string(b))
	})
	var parts []string
	for _, name := range names {
		parts = append(parts, strconv.Itoa(counts[name])+" × "+string(name))
	}
	return strings.Join(parts, ", ")
}
