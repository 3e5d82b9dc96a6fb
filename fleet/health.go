// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"time"

	"github.com/surefoot-go/surefoot/internal/untold"
	"github.com/surefoot-go/surefoot/observe"
)

// health is whether the engine answers.
type health struct {
	lost     bool
	since    time.Time // since when it is lost
	answered time.Time // when it last did
	calls    [2]callHealth
	events   untold.Queue[observe.Event] // Found does not come before its Lost
}

// A method is one of those of an [Engine] that are answered.
type method uint8

const (
	methodApply method = iota
	methodList
)

// callHealth is whether calls of one kind work. Each kind has its own, since a user
// who may read and not write, say, has lists for ever and tells nobody anything.
type callHealth struct {
	answered time.Time // when one last worked
	failing  time.Time // since when they fail; zero if none has since
	failed   time.Time // when one last did
	lost     bool      // they have failed for a round
}

// note takes the outcome of a call that began at a time.
func (c *callHealth) note(began, now time.Time, err error, every time.Duration) {
	if err == nil {
		*c = callHealth{answered: now}
		return
	}
	c.failed = now
	if c.failing.IsZero() {
		c.failing = began
		if began.Before(c.answered) { // others have answered while it waited
			c.failing = c.answered
		}
	}
	c.lost = c.lost || now.Sub(c.failing) >= every
}

// forgive forgets failures of a kind that nobody has had a reason to try again.
func (c *callHealth) forgive() { *c = callHealth{answered: c.answered} }

// A watched engine is one of which the [Fleet] knows whether it answers.
type watched struct {
	Engine
	f *Fleet
}

// Apply is part of [Engine].
func (w watched) Apply(ctx context.Context, b Batch) ([]Lease, error) {
	began := time.Now()
	leases, err := w.Engine.Apply(ctx, b)
	w.f.outcome(methodApply, began, err)
	return leases, err
}

// List is part of [Engine].
func (w watched) List(ctx context.Context, namespace, instance string, known Mark) (List, error) {
	began := time.Now()
	l, err := w.Engine.List(ctx, namespace, instance, known)
	w.f.outcome(methodList, began, err)
	return l, err
}

// outcome takes that of a call of the engine that began at a time. The engine is
// lost when calls of a kind have failed for a round, and found when both kinds work.
func (f *Fleet) outcome(kind method, began time.Time, err error) {
	f.mu.Lock()
	if !f.closed { // or it is us who go
		f.outcomeLocked(kind, began, time.Now(), err)
	}
	f.mu.Unlock()
	f.health.events.Tell(&f.mu, f.emit)
}

func (f *Fleet) outcomeLocked(kind method, began, now time.Time, err error) {
	h := &f.health
	was := h.calls[kind]
	h.calls[kind].note(began, now, err, f.cfg.every)
	if err == nil {
		h.answered = now
	}
	if kind == methodList && err == nil {
		// There may be nothing to apply, so a server that is back is found by its
		// lists; what has failed together is taken to be back together.
		switch a := &h.calls[methodApply]; {
		case was.lost:
			*a = callHealth{answered: now} // what is still under way and fails counts from now
		case now.Sub(a.failed) > CallerTime:
			a.forgive()
		}
	}
	lost, failing := false, false
	for _, c := range h.calls {
		lost, failing = lost || c.lost, failing || !c.failing.IsZero()
	}
	switch {
	case lost && !h.lost:
		h.lost, h.since = true, h.calls[kind].failing
		h.events.AddLocked(observe.Event{Kind: observe.FleetLost, Err: err})
	case h.lost && !failing:
		h.lost = false
		h.events.AddLocked(observe.Event{Kind: observe.FleetFound, Duration: now.Sub(h.since)})
		f.returned = true
		poke(f.resync)
	}
}

// Observe has o told, too, that the engine is lost and found, until stop is called.
// A stack does so for whoever observes it: the status page shows both.
func (f *Fleet) Observe(o observe.Observer) (stop func()) {
	if f == nil {
		return func() {}
	}
	return f.relay.Add(o)
}

// emit is called with no lock held.
func (f *Fleet) emit(e observe.Event) {
	observe.Emit(f.cfg.observer, e)
	f.relay.Observe(e)
}
