// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math"
	"time"

	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

// A control is the adaptive limit of a key. It sleeps, then it is awake and
// counts, and then there may be a limit in force. The key's mutex guards it.
type control struct {
	awake bool
	limit float64 // in force, or 0; what is allowed is its whole part

	usual  usual
	window window
	latest float64 // what good answers took lately, while awake

	// While no limit is in force.
	calm      window // of attempts that no queue made late
	healthy   int64  // when the last attempt that was in time was started
	run       window // of attempts that were late, in a row
	jumped    bool   // they became it all of a sudden
	lateSince int64  // when they did, if this is not the first such window; or 0

	// While awake.
	since   int64 // attempts from before say nothing of the limit in force
	started int64 // when an attempt was let in last
	judgeAt int64 // windows do not end before
	peak    int   // the most that were pending in this window
	used    bool  // the limit was reached in this window
	trouble int64 // when there was a reason to be awake last

	// Of a limit that is in force.
	floor  float64 // it does not go below
	vain   int     // windows of late answers at its floor, in a row
	tried  int64   // since when it is, or was looked at last
	before float64 // the window that the next has to be quicker than
	worst  int64   // the slowest window of late answers under it
	proven bool    // it has made answers quicker
	under  window  // all good answers since tried
}

// fullLocked reports whether the limit is reached.
func (c *control) fullLocked(pending int, p Priority) bool {
	if c.limit == 0 {
		return false
	}
	limit := int(c.limit)
	if p.rank() == Background.rank() {
		limit = max(int(c.limit*backgroundShare), 1)
	}
	return pending >= limit
}

// patience is how long a waiter waits for a place: as long as an answer takes.
// Where none gets free in that time, there is more to do than can be done, and
// to wait only makes everybody late.
func (c *control) patience() time.Duration {
	if !c.proven {
		return math.MaxInt64
	}
	return max(time.Duration(c.latest), minPatience)
}

// settle takes an attempt that has its answer, or will have none. Its place
// under the fixed limit is kept where a body still has to come.
func (l *Limiter) settle(k *key, s sample, now int64, hold bool) {
	k.mu.Lock()
	k.calledAt = now
	k.pending--
	if !hold {
		k.held--
	}
	if k.ctl.awake {
		l.judgeLocked(k, s, now)
	} else {
		l.dreamLocked(k, s, now)
	}
	l.serveLocked(k)
	k.mu.Unlock()
	l.announce(k)
}

// release gives back the place under the fixed limit that a body held.
func (l *Limiter) release(e *keyed.Entry[key]) {
	k := &e.Value
	k.mu.Lock()
	k.held--
	l.serveLocked(k)
	k.mu.Unlock()
	e.Release()
	l.announce(k)
}

// judgeLocked takes a sample, and passes a verdict when there are enough.
func (l *Limiter) judgeLocked(k *key, s sample, now int64) {
	c := &k.ctl
	limit := c.usual.limit()
	if s.outcome == failed && s.took <= limit || s.outcome == neutral {
		return
	}
	if s.outcome == answered {
		c.latest += (float64(s.took) - c.latest) / windowSize
	}
	if s.started >= c.since {
		c.window.add(s)
	}
	if c.limit == 0 {
		late := s.outcome != throttled && c.lateLocked(s, now)
		w := &c.window
		switch {
		case late:
			l.tryLocked(k, now)
		case w.samples < windowSize:
		case w.refused(), w.good == 0:
			c.provenLocked(l, now)
			l.cutLocked(k, w.cut(), now)
		default:
			c.restartLocked(k)
		}
		return
	}
	if c.window.samples < max(windowSize, int(c.limit)) || now < c.judgeAt {
		return
	}
	c.under.pool(&c.window)
	switch w := c.window; {
	case w.refused(), w.good == 0:
		c.provenLocked(l, now)
		l.cutLocked(k, w.cut(), now)
	case c.outlivedLocked(now), c.vainLocked(l, &w, now):
		l.liftLocked(k, now)
	case w.quickest <= limit && (c.proven || w.mean() <= float64(limit)):
		l.healthyLocked(k, &w, now)
	default:
		l.cutLocked(k, nextCut, now)
	}
}

// cutLocked lowers the limit, or sets the first one.
func (l *Limiter) cutLocked(k *key, part float64, now int64) {
	c := &k.ctl
	limit := float64(c.peak)
	if c.limit > 0 {
		limit = min(limit, c.limit)
	}
	l.setLimitLocked(k, max(limit*part, c.floor))
	c.trouble = now
	l.keepLocked(k, now+int64(quietFor))
	c.since = now
	c.restartLocked(k)
	c.judgeAt = now + int64(c.latest)
}

func (l *Limiter) healthyLocked(k *key, w *window, now int64) {
	c := &k.ctl
	if !c.proven {
		c.provenLocked(l, now)
	}
	if c.used || float64(c.peak) >= math.Floor(c.limit) {
		c.trouble = now
		l.keepLocked(k, now+int64(quietFor))
		share := growthShare
		if w.mean() <= c.usual.took { // there is no queue at all
			share = idleShare
		}
		l.setLimitLocked(k, c.limit+(growth+share*c.limit)*float64(w.good)/c.limit)
	}
	c.usual.lower(w, now)
	c.restartLocked(k)
}

func (c *control) restartLocked(k *key) {
	c.window, c.peak, c.used = window{}, k.pending, false
}

// setLimitLocked puts a limit in force, or none for 0.
func (l *Limiter) setLimitLocked(k *key, limit float64) {
	if limit > 0 {
		limit = max(float64(l.minLimit), min(limit, float64(l.maxLimit)))
	}
	before := int(k.ctl.limit)
	k.ctl.limit = limit
	if int(limit) != before {
		l.changedLocked(k, observe.Event{Kind: observe.LimitChanged, Limit: int(limit)})
	}
}
