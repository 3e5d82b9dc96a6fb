// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// health is whether the engine answers.
type health struct {
	lost     bool
	answered time.Time // when it last did
	failing  time.Time // since when calls fail; zero if none has since
}

// answered takes the outcome of a call of the engine that began at a time. The
// engine is lost when calls have failed for a round, and found when one does not.
func (f *Fleet) answered(ctx context.Context, began time.Time, err error) {
	if ctx.Err() != nil { // it is us who go
		return
	}
	now := time.Now()
	f.mu.Lock()
	was := f.health
	if err == nil {
		f.health = health{answered: now}
		if was.lost {
			f.reportAgain()
			poke(f.resync)
		}
	} else {
		if was.failing.IsZero() {
			f.health.failing = began
			if began.Before(was.answered) { // others have answered while it waited
				f.health.failing = was.answered
			}
		}
		f.health.lost = was.lost || now.Sub(f.health.failing) >= f.cfg.every
	}
	lost := f.health.lost
	f.mu.Unlock()
	switch {
	case lost && !was.lost:
		f.emit(observe.Event{Kind: observe.FleetLost, Err: err})
	case was.lost && !lost:
		f.emit(observe.Event{Kind: observe.FleetFound, Duration: now.Sub(was.failing)})
	}
}

// Observe has o told, too, that the engine is lost and found, until stop is called.
// A stack does so for whoever observes it: the status page shows both.
func (f *Fleet) Observe(o observe.Observer) (stop func()) { return f.relay.Add(o) }

// emit is called with no lock held.
func (f *Fleet) emit(e observe.Event) {
	observe.Emit(f.cfg.observer, e)
	f.relay.Observe(e)
}
