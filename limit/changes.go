// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import "github.com/surefoot-go/surefoot/observe"

// changes are the events of a key that the observer has not been told of yet.
// They queue up because an observer must not be called under the key's lock,
// and yet has to hear of them in their order and one at a time: one that keeps
// a gauge would otherwise be left with the older of two.
type changes struct {
	pending []observe.Event
	telling bool // a goroutine is at it
}

// addLocked notes a change. Whoever calls it calls announce when the lock is
// released.
func (c *changes) addLocked(l *Limiter, e observe.Event) {
	if observe.Listening(l.observer) {
		c.pending = append(c.pending, e)
	}
}

// announce tells the observer of what is pending, unless another goroutine is
// at it, or this one further up its stack: that one goes on to what came
// meanwhile.
func (l *Limiter) announce(k *key) {
	if l.observer == nil {
		return
	}
	for {
		e, ok := k.nextChange()
		if !ok {
			return
		}
		l.tell(k, e)
	}
}

func (k *key) nextChange() (e observe.Event, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	q := &k.changes
	if q.telling || len(q.pending) == 0 {
		return observe.Event{}, false
	}
	e = q.pending[0]
	q.pending = q.pending[1:]
	if len(q.pending) == 0 {
		q.pending = nil // it holds on to the requests' contexts
	}
	q.telling = true
	return e, true
}

func (l *Limiter) tell(k *key, e observe.Event) {
	defer func() { // also when the observer ends the goroutine
		k.mu.Lock()
		k.changes.telling = false
		k.mu.Unlock()
	}()
	observe.Emit(l.observer, e)
}
