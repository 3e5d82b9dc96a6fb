// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import "math"

// A limit that late answers have brought about is on trial: it has to make
// answers quicker, or it goes.

// tryLocked sets a limit that has to prove itself.
func (l *Limiter) tryLocked(k *key, now int64) {
	c := &k.ctl
	c.proven, c.tried, c.vain = false, now, 0
	c.worst, c.before = c.run.quickest, float64(c.run.quickest)
	c.run = window{}
	c.floor = max(float64(c.peak)*trialFloor, float64(l.minLimit))
	l.cutLocked(k, firstCut, now)
}

// vainLocked takes a window of late answers, and reports whether the limit is
// of no use: fewer attempts at a time did not make them quicker.
func (c *control) vainLocked(l *Limiter, quickest, now int64) bool {
	c.worst = max(c.worst, quickest)
	if float64(quickest) <= relief*float64(c.worst) && c.window.queued() {
		c.provenLocked(l, quickest, now)
		return false
	}
	if c.proven {
		return now-c.tried > int64(provenFor)
	}
	c.vain++
	if math.Abs(float64(quickest)-c.before) > flat*c.before {
		c.before, c.vain = float64(quickest), 0
	}
	return c.vain >= vainWindows || now-c.tried > int64(trialFor)
}

// provenLocked notes that a limit has helped, or that the server wants it.
func (c *control) provenLocked(l *Limiter, quickest, now int64) {
	c.floor, c.proven = float64(l.minLimit), true
	c.worst, c.tried = quickest, now
}
