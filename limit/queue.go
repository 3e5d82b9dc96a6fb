// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

// A waiter is an attempt that waits for a place. It leaves the queue by one
// of three ways: it is let in, it makes room for another, or it gives up.
type waiter struct {
	priority     Priority
	ready        chan struct{} // closed when it is let in or has to go
	admitted     bool          // set before ready is closed
	queued       bool
	older, newer *waiter
}

// A queue holds the waiters of a key. The more important go first, and among
// equals the last to come: in a queue that never empties, first come first
// served makes everybody wait for the longest time that anybody bears, and
// serves those whose callers are about to give up. All of its methods need the
// key's mutex.
type queue struct {
	lines [priorities]line
	size  int
}

// A line holds the waiters of one priority.
type line struct{ newest, oldest *waiter }

func (q *queue) addLocked(w *waiter) {
	l := &q.lines[w.priority.rank()]
	w.older, w.queued = l.newest, true
	if l.newest != nil {
		l.newest.newer = w
	} else {
		l.oldest = w
	}
	l.newest = w
	q.size++
}

func (q *queue) removeLocked(w *waiter) {
	l := &q.lines[w.priority.rank()]
	if w.newer != nil {
		w.newer.older = w.older
	} else {
		l.newest = w.older
	}
	if w.older != nil {
		w.older.newer = w.newer
	} else {
		l.oldest = w.newer
	}
	w.older, w.newer, w.queued = nil, nil, false
	q.size--
}

// nextLocked returns the waiter that goes next, or nil.
func (q *queue) nextLocked() *waiter {
	for rank := priorities - 1; rank >= 0; rank-- {
		if w := q.lines[rank].newest; w != nil {
			return w
		}
	}
	return nil
}

// lastLocked returns the waiter that would go last, or nil if all of them are
// more important than p.
func (q *queue) lastLocked(p Priority) *waiter {
	for rank := 0; rank <= p.rank(); rank++ {
		if w := q.lines[rank].oldest; w != nil {
			return w
		}
	}
	return nil
}
