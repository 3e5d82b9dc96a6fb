// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// A tally counts what the layers of the stack say that they did. It is the
// client's [observe.Observer].
type tally struct {
	started time.Time

	mu       sync.Mutex
	attempts int // at the wire
	resent   int // by net/http itself
	told     int // attempts that the retry layer tells of
	finished int // calls that it tells of
	retries  map[string]int
	// suppressed counts by reason, and by what the attempt had ended in.
	suppressed map[observe.Reason]map[string]int
	rejected   int
	opened     int
	circuit    string
	timeline   []moment

	back      time.Time // when the service was back after the outage
	recovered time.Time // when the first answer after that was seen
}

// A moment is an entry of the timeline.
type moment struct {
	At   time.Duration
	What string
}

var _ observe.Observer = (*tally)(nil)

func newTally() *tally {
	return &tally{
		started: time.Now(), circuit: "closed",
		retries: map[string]int{}, suppressed: map[observe.Reason]map[string]int{},
	}
}

// Observe counts one event.
func (t *tally) Observe(e observe.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Kind { //nolint:exhaustive // the other kinds are not counted here
	case observe.AttemptFinished:
		if e.Verdict.Reason != classify.ReasonRejected {
			t.told++
		}
	case observe.CallFinished:
		t.finished++
	case observe.RetryScheduled:
		t.retries[outcomeOf(e.Status, e.Verdict)]++
	case observe.RetrySuppressed:
		if t.suppressed[e.Reason] == nil {
			t.suppressed[e.Reason] = map[string]int{}
		}
		t.suppressed[e.Reason][outcomeOf(e.Status, e.Verdict)]++
	case observe.Rejected:
		t.rejected++
	case observe.CircuitOpened:
		t.opened++
		t.circuit = "open"
		t.markLocked(fmt.Sprintf("circuit opened, for %s at least", round(e.Wait)))
	case observe.CircuitHalfOpened:
		t.circuit = "half-open"
		t.markLocked("circuit half-open: a probe is let through")
	case observe.CircuitClosed:
		t.circuit = "closed"
		t.markLocked("circuit closed")
	}
}

// sent notes an attempt at the wire, and how often net/http sent it again.
func (t *tally) sent(status, resent int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempts++
	t.resent += max(0, resent)
	answered := status > 0 && status < 500
	if answered && !t.back.IsZero() && t.recovered.IsZero() {
		t.recovered = time.Now()
		t.markLocked("first answer after that")
	}
}

// mark adds to the timeline.
func (t *tally) mark(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.markLocked(what)
}

func (t *tally) markLocked(what string) {
	t.timeline = append(t.timeline, moment{time.Since(t.started), what})
}

// serviceBack notes the end of the outage.
func (t *tally) serviceBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.back = time.Now()
	t.markLocked("the service is back")
}

// state returns the state of the circuit, and how many retries there were.
func (t *tally) state() (circuit string, retries int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.retries {
		retries += n
	}
	return t.circuit, retries
}

// outcomeOpen names the end of an attempt that an open circuit kept away.
const outcomeOpen = "circuit open"

// outcomeOf names what an attempt ended in: its status, or what the error was.
func outcomeOf(status int, v classify.Verdict) string {
	if status > 0 {
		return strconv.Itoa(status)
	}
	switch v.Reason { //nolint:exhaustive // the others are named well enough
	case classify.ReasonRejected:
		return outcomeOpen
	case classify.ReasonTimeout:
		return "no answer in time"
	case classify.ReasonDeadline:
		return "caller's deadline"
	case classify.ReasonRefused:
		return "connection refused"
	case classify.ReasonReset:
		return "connection reset"
	case classify.ReasonCanceled:
		return "interrupted"
	}
	return v.Reason.String()
}

// round shortens a duration for people.
func round(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}
