// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// These say in an event who has changed a circuit.

func byCall(req *http.Request) observe.Event {
	return observe.Event{Context: req.Context(), Method: req.Method}
}

func byHand() observe.Event { return observe.Event{Detail: "by hand"} }

func byFleet() observe.Event { return observe.Event{Detail: "by the fleet", Fleet: true} }

// changedLocked notes a change for the observer; by says who has made it.
// Whoever calls it calls announce when the lock is released.
func (b *Breaker) changedLocked(c *circuit, kind observe.Kind, by observe.Event, wait time.Duration) {
	if !observe.Listening(b.observer) {
		return
	}
	by.Kind, by.Key, by.Wait = kind, c.name, wait
	c.gate.changes.AddLocked(by)
}

// announce tells the fleet and the observer what is pending for them. They have
// queues of their own: the fleet returns at once, and the observer may not.
func (b *Breaker) announce(c *circuit) {
	if b.link != nil {
		c.gate.news.Tell(&c.mu, func(n news) { n.tell(b.link, c.name) })
	}
	if b.observer != nil {
		c.gate.changes.Tell(&c.mu, func(e observe.Event) { observe.Emit(b.observer, e) })
	}
}
