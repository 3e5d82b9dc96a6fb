// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"slices"
	"sync"
	"sync/atomic"
)

// A Relay is an Observer that tells others, which may come and go while calls
// are made: a page that is looked at, a test. While nobody listens, layers that
// are given a Relay build no events. The zero value is ready to use and has no
// listeners. A Relay is safe for concurrent use and must not be copied.
type Relay struct {
	mu        sync.Mutex                  // guards changes of the list
	listeners atomic.Pointer[[]*listener] // immutable; nil when there are none
}

// listener is the place of one Observer in a Relay.
type listener struct{ observer Observer }

var _ Observer = (*Relay)(nil)

// Add has o told of all events from now on, after those that listen already,
// until remove is called. Remove may be called more than once; an event that is
// on its way may still reach o after it. An o that [Join] would leave out is
// not added.
func (r *Relay) Add(o Observer) (remove func()) {
	if o = Join(o); o == nil {
		return func() {}
	}
	p := &listener{o}
	r.change(func(list []*listener) []*listener { return append(list, p) })
	return func() {
		r.change(func(list []*listener) []*listener {
			return slices.DeleteFunc(list, func(q *listener) bool { return p == q })
		})
	}
}

// change replaces the list by what edit makes of a copy.
func (r *Relay) change(edit func([]*listener) []*listener) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*listener
	if old := r.listeners.Load(); old != nil {
		list = slices.Clone(*old)
	}
	if list = edit(list); len(list) == 0 {
		r.listeners.Store(nil)
		return
	}
	r.listeners.Store(&list)
}

// Listening reports whether there is anybody to tell. A nil Relay has nobody.
func (r *Relay) Listening() bool { return r != nil && r.listeners.Load() != nil }

// Observe tells all listeners, in the order in which they came. One that panics
// does not keep the event from the others.
func (r *Relay) Observe(e Event) {
	if list := r.listeners.Load(); list != nil {
		for _, p := range *list {
			Emit(p.observer, e)
		}
	}
}

// Listening reports whether an event that is handed to o can reach anybody: o
// is not nil, nor a [Relay] without listeners. Layers ask before they build an
// event.
func Listening(o Observer) bool {
	if r, ok := o.(*Relay); ok {
		return r.Listening()
	}
	return o != nil
}
