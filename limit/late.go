// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

// While no limit is in force, answers are looked at for a queue that has grown.

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
