// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import "math"

// A limit that late answers have brought about is on trial: it has to make
// answers quicker, or it goes; and one that has must keep them nearly as quick as
// they were before.

// tryLocked sets a limit that has to prove itself.
func (l *Limiter) tryLocked(k *key, now int64) {
	c := &k.ctl
	c.proven, c.tried, c.vain = false, now, 0
	c.worst, c.before = c.run.quickest, float64(c.run.quickest)
	c.run, c.under = window{}, window{}
	c.floor = max(float64(c.peak)*trialFloor, float64(l.minLimit))
	l.cutLocked(k, firstCut, now)
}

// vainLocked takes a window of a limit that is on trial, and reports whether it
// is of no use: fewer attempts at a time did not make answers quicker.
func (c *control) vainLocked(l *Limiter, w *window, now int64) bool {
	if c.proven || w.mean() <= float64(c.usual.limit()) {
		return false
	}
	quickest := w.quickest
	c.worst = max(c.worst, quickest)
	if float64(quickest) <= relief*float64(c.worst) && w.queued() {
		c.provenLocked(l, now)
		return false
	}
	c.vain++
	if math.Abs(float64(quickest)-c.before) > flat*c.before {
		c.before, c.vain = float64(quickest), 0
	}
	return c.vain >= vainWindows || now-c.tried > int64(trialFor)
}

// provenLocked notes that a limit has helped, or that the server wants it.
func (c *control) provenLocked(l *Limiter, now int64) {
	c.floor, c.proven = float64(l.minLimit), true
	c.tried, c.under = now, window{}
}

// outlivedLocked reports, now and then, whether a limit that has helped is of no
// use any more, or only seemed to be. A single window says little, for one in
// many has a quick answer by chance, so it is the mean of all that counts.
func (c *control) outlivedLocked(now int64) bool {
	if !c.proven || now-c.tried <= int64(provenFor) {
		return false
	}
	spread := provenSpread * c.usual.took
	if c.under.mean() > float64(c.usual.limit())+spread || c.under.spread() > spread {
		return true
	}
	c.tried, c.under = now, window{}
	return false
}

// liftLocked ends a limit that is of no use. What answers took under it is what
// is usual.
func (l *Limiter) liftLocked(k *key, now int64) {
	k.ctl.usual.become(int64(k.ctl.under.mean()), now)
	l.sleepLocked(k, now)
}
