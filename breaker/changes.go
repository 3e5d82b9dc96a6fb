// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// changes are the changes of a circuit's state that the observer has not been
// told of yet. They queue up because an observer must not be called under the
// circuit's lock, and yet has to hear of them in their order and one at a time:
// one that keeps a gauge would otherwise be left with the older of two.
type changes struct {
	pending []observe.Event
	telling bool // a goroutine is at it
}

// changedLocked notes a change, which was made by hand if there is no request.
// Whoever calls it calls announce when the lock
// is released.
func (b *Breaker) changedLocked(c *circuit, kind observe.Kind, req *http.Request, wait time.Duration) {
	if !observe.Listening(b.observer) {
		return
	}
	e := observe.Event{Kind: kind, Key: c.name, Wait: wait}
	if req == nil {
		e.Detail = byHand
	} else {
		e.Context, e.Method = req.Context(), req.Method
	}
	c.gate.changes.pending = append(c.gate.changes.pending, e)
}

// announce tells the observer of what is pending, unless another goroutine is
// at it, or this one further up its stack: that one goes on to what came
// meanwhile.
func (b *Breaker) announce(c *circuit) {
	if b.observer == nil {
		return
	}
	for {
		e, ok := c.nextChange()
		if !ok {
			return
		}
		b.tellChange(c, e)
	}
}

func (c *circuit) nextChange() (e observe.Event, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := &c.gate.changes
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

func (b *Breaker) tellChange(c *circuit, e observe.Event) {
	defer func() { // also when the observer ends the goroutine
		c.mu.Lock()
		c.gate.changes.telling = false
		c.mu.Unlock()
	}()
	observe.Emit(b.observer, e)
}
