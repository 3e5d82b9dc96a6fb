// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// A call is one that is under way, or whose body is.
type call struct {
	attempt *attempt
	reply   chan trip.Func // how its base answers
	cancel  context.CancelFunc
	resp    *http.Response
	err     error
}

// A run does the same things to a breaker and to its model, and compares.
type run struct {
	*testing.T
	ops   []byte
	model *model
	b     *breaker.Breaker
	rt    http.RoundTripper
	seen  *log
	fleet *fleet // nil for none

	underWay, bodies []*call
	trace            []string
}

type replyKey struct{}

// newRun makes both after the first operation.
func newRun(t *testing.T, ops []byte) *run {
	t.Helper()
	const slot = 1 << 26 // of a window that is 15 of them
	r := &run{T: t, ops: ops, seen: &log{}}
	r.model = &model{
		ratio: 0.5, min: 5, window: 15 * slot, slot: slot, lease: 15 * slot,
		probes: 2, openFor: 200 * time.Millisecond, maxOpenFor: 200 * time.Millisecond, lastFailure: -1,
	}
	variant := r.op()
	if variant&1 != 0 {
		r.model.maxOpenFor = time.Second
	}
	if variant&2 != 0 {
		r.model.min, r.model.probes = 1, 1
	}
	if variant&4 != 0 {
		r.model.ratio = 0.01
	}
	var alone breaker.Option
	if variant&8 != 0 {
		r.fleet, r.model.fleet = &fleet{}, &modelFleet{wantedAt: -1}
		alone = breaker.WithFleet(r.fleet)
	}
	r.b = newBreaker(t, alone,
		breaker.WithFailureRatio(r.model.ratio), breaker.WithMinRequests(r.model.min), breaker.WithWindow(r.model.window),
		breaker.WithOpenFor(r.model.openFor, r.model.maxOpenFor), breaker.WithProbes(r.model.probes), breaker.WithObserver(r.seen))
	r.rt = r.b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		reply := <-req.Context().Value(replyKey{}).(chan trip.Func)
		return reply(req)
	}))
	return r
}

func (r *run) op() (b byte) {
	if len(r.ops) > 0 {
		b, r.ops = r.ops[0], r.ops[1:]
	}
	return b
}

func (r *run) say(format string, args ...any) {
	r.trace = append(r.trace, fmt.Sprintf("%v ", r.model.now)+fmt.Sprintf(format, args...))
}

func (r *run) fail(format string, args ...any) {
	r.Helper()
	for _, line := range r.trace[max(0, len(r.trace)-40):] {
		r.Log(line)
	}
	r.Fatalf(format, args...)
}

// all does what the operations say.
func (r *run) all() {
	for len(r.ops) > 0 {
		switch op := r.op() % 16; op {
		case 0, 1, 2:
			r.pass(steps[int(r.op())%len(steps)])
		case 3, 4:
			r.begin()
		case 5, 6:
			if n := len(r.underWay); n > 0 {
				r.end(int(r.op())%n, results[int(r.op())%len(results)])
			}
		case 7, 8:
			if n := len(r.bodies); n > 0 {
				r.body(int(r.op())%n, r.op()%4)
			}
		case 15:
			r.force(int(r.op()))
		case 12, 13:
			if r.fleet != nil {
				r.hear(r.op(), r.op(), r.op())
			}
		default: // begin and end at once
			if r.begin() {
				r.end(len(r.underWay)-1, results[int(r.op())%len(results)])
			}
		}
		r.compare()
	}
	for len(r.underWay) > 0 {
		r.end(0, results[0])
		r.compare()
	}
}

func (r *run) pass(d time.Duration) {
	pass(d)
	r.model.now += d
	r.say("pass %s", d)
}

func (r *run) begin() (sent bool) {
	if len(r.underWay) == 20 {
		return false
	}
	a, wait := r.model.begin()
	ctx, cancel := context.WithCancel(context.Background())
	c := &call{attempt: a, reply: make(chan trip.Func), cancel: cancel}
	c.err = errors.New("did not return")
	go func() {
		defer func() { _ = recover() }()
		c.resp, c.err = r.rt.RoundTrip(get(context.WithValue(ctx, replyKey{}, c.reply), url))
	}()
	synctest.Wait()
	r.say("begin: rejected for %s: %v", wait, a == nil)
	if a != nil {
		r.underWay = append(r.underWay, c)
		return true
	}
	cancel()
	var open *breaker.OpenError
	if !errors.As(c.err, &open) {
		r.fail("got error %v, want a rejection", c.err)
	}
	if late := open.RetryAfter - wait; late < 0 || late >= time.Millisecond || open.State != r.model.rejectedAs {
		r.fail("got %s with %s to wait, want %s with %s", open.State, open.RetryAfter, r.model.rejectedAs, wait)
	}
	return false
}

func (r *run) end(i int, out result) {
	c := r.underWay[i]
	r.underWay = slices.Delete(r.underWay, i, i+1)
	r.say("end: %s, probe: %v, generation %d", out.name, c.attempt.probing, c.attempt.generation)
	r.model.end(c.attempt, out)
	c.reply <- out.reply
	synctest.Wait()
	if out.body {
		if c.resp == nil {
			r.fail("got error %v, want a response", c.err)
		}
		r.bodies = append(r.bodies, c)
		return
	}
	c.cancel()
}

// force does what an operator can do, one time in four.
func (r *run) force(how int) {
	if len(r.b.Snapshot()) == 0 || how%4 != 0 {
		return
	}
	acts := []func(string) bool{r.b.ForceOpen, r.b.ForceClosed, r.b.Reset, r.b.Reset}
	if !acts[how/4%4](url) {
		r.fail("got false, want the circuit to be known")
	}
	[]func(){r.model.forceOpen, r.model.forceClosed, r.model.reset, r.model.reset}[how/4%4]()
	r.say("by hand: %d", how/4%4)
}

func (r *run) body(i int, how byte) {
	c := r.bodies[i]
	r.bodies = slices.Delete(r.bodies, i, i+1)
	r.say("body: %d, watched: %v, generation %d", how, c.attempt.watched, c.attempt.generation)
	switch how {
	case 0:
		_ = c.resp.Body.Close()
	case 1:
		c.cancel()
	default:
		r.model.breaks(c.attempt)
	}
	_, _ = io.Copy(io.Discard, c.resp.Body)
	c.cancel()
}

// compare checks all that can be seen.
func (r *run) compare() {
	r.Helper()
	m := r.model
	kinds := []observe.Kind{}
	for _, e := range r.seen.events {
		kinds = append(kinds, e.Kind)
		if e.Kind == observe.CircuitOpened && len(kinds) == len(m.events) && m.state == breaker.Open {
			if least, most := m.openTimes(); e.Wait < least || e.Wait > most {
				r.fail("got open for %s, want %s to %s", e.Wait, least, most)
			}
			m.openUntil = m.now + e.Wait
		}
	}
	if !slices.Equal(kinds, m.events) {
		r.fail("got events %v, want %v", kinds, m.events)
	}
	r.seen.events, m.events = nil, nil
	all := r.b.Snapshot()
	if len(all) == 0 {
		return
	}
	c := all[0]
	r.compareFleet(c)
	successes, failures := m.sum()
	if c.State != m.state || c.Forced != m.forced || c.Rejected != m.rejected || c.TotalFailures != m.failures {
		r.fail("got %+v, want %s, forced %v, with %d failures and %d rejected ever", c, m.state, m.forced, m.failures, m.rejected)
	}
	if m.state == breaker.Closed && (c.Successes != uint64(successes) || c.Failures != uint64(failures)) {
		r.fail("got %+v, want %d successes and %d failures", c, successes, failures)
	}
	want := max(m.openUntil-m.now, 0)
	if m.forced {
		want = 0
	}
	if m.state == breaker.Open && c.RetryAfter != want {
		r.fail("got %s left, want %s", c.RetryAfter, want)
	}
}
