// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math"
	"time"

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

// sampled takes an attempt that was timed while its key slept.
func (l *Limiter) sampled(k *key, s sample, now int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calledAt = now
	if !k.ctl.awake {
		l.dreamLocked(k, s, now)
	}
}

// dreamLocked takes a sample of a key that sleeps, and wakes it when a few in a
// row were late.
func (l *Limiter) dreamLocked(k *key, s sample, now int64) {
	c := &k.ctl
	if !l.adaptive || s.outcome != answered {
		return
	}
	if c.lateLocked(s, now); c.run.samples >= alertAt {
		l.stirred.Store(true)
		l.wakeLocked(k, now)
	}
}

// lateLocked takes a sample while no limit is in force, and reports whether
// answers are late because a queue has grown: as many in a row as a window
// has.
func (c *control) lateLocked(s sample, now int64) bool {
	if s.outcome == answered && s.took <= c.usual.limit() {
		c.healthy = max(c.healthy, s.started)
		// Those before it were late for no queue. They count for what is usual,
		// or that would only ever be the quicker ones' time.
		c.calm.pool(&c.run)
		c.run, c.lateSince = window{}, 0
		c.calm.add(s)
		if c.calm.samples >= windowSize {
			c.usual.learn(&c.calm, now)
			c.calm = window{}
		}
		return false
	}
	if c.run.samples == 0 && c.lateSince == 0 {
		c.jumped = s.started-c.healthy > int64(staleAfter)
	}
	c.run.add(s)
	if c.run.good == leapRun && !c.jumped && c.lateSince == 0 {
		c.jumped = c.run.mean() > leap*float64(c.usual.limit())
	}
	switch {
	case c.run.samples < max(queueRun, int(float64(c.peak)*runShare)) || c.run.good == 0:
		return false
	case c.run.good < c.run.samples: // some were in vain: that is more than slow
		return true
	case c.jumped:
		c.settleFor(c.run.first, now)
		return false
	}
	// Where attempts have stopped coming, the last answers are the slow ones.
	if c.run.queued() && now-c.started < c.run.quickest {
		return true
	}
	// The next window is not that of a queue's first answers any more.
	if c.lateSince == 0 {
		c.lateSince = c.run.first
	}
	if !c.settleFor(c.lateSince, now) {
		c.run = window{}
	}
	return false
}

// settleFor makes what late answers take what is usual, if they have been coming
// for long enough, and reports whether it did.
func (c *control) settleFor(since, now int64) bool {
	if now-since <= int64(jumpFor) {
		return false
	}
	c.usual.become(int64(c.run.mean()), now)
	c.run, c.lateSince = window{}, 0
	return true
}

// wakeLocked begins to count, or goes on for as long again.
func (l *Limiter) wakeLocked(k *key, now int64) {
	c := &k.ctl
	c.trouble = now
	k.keepLocked(now + int64(quietFor))
	if c.awake {
		return
	}
	c.awake = true
	c.since, c.judgeAt = now, now
	c.window, c.peak, c.used = window{}, k.pending, false
	c.latest = c.usual.took
}

// dozeLocked lets a key sleep that had no trouble for long enough. A limit that
// is reached is trouble only while answers come: attempts that never come back
// must not keep others from being sent for ever.
func (l *Limiter) dozeLocked(k *key, now int64) {
	c := &k.ctl
	if c.awake && now-c.trouble > int64(quietFor) {
		l.sleepLocked(k, now)
	}
	if !c.awake && k.patienceUntil() <= now {
		k.active.Store(false)
	}
}

func (l *Limiter) sleepLocked(k *key, now int64) {
	c := &k.ctl
	l.setLimitLocked(k, 0)
	c.awake, c.window, c.run, c.calm = false, window{}, window{}, window{}
	c.lateSince = 0
	c.healthy = now
	l.serveLocked(k)
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
func (l *Limiter) release(k *key) {
	k.mu.Lock()
	k.held--
	l.serveLocked(k)
	k.mu.Unlock()
	k.users.Add(-1)
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
	k.keepLocked(now + int64(quietFor))
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
		k.keepLocked(now + int64(quietFor))
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
