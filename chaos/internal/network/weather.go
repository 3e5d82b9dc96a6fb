// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

// The name of the toxic of the weather.
const weatherType = "weather"

// weather says which of toxiproxy's toxics is at work on all connections of a
// path, those that are open and those that are opened. It is safe for
// concurrent use.
type weather struct {
	mu  sync.Mutex
	now spell
}

// A spell is what the weather is until it changes.
type spell struct {
	// toxic is at work in a direction; nil is calm.
	toxic toxics.Toxic
	// upstream says in which direction.
	upstream bool
	// over is closed when the next spell begins.
	over chan struct{}
}

func newWeather() *weather { return &weather{now: spell{over: make(chan struct{})}} }

func (w *weather) current() spell {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// change begins a spell. A nil toxic is calm.
func (w *weather) change(toxic toxics.Toxic, upstream bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.now.over)
	w.now = spell{toxic: toxic, upstream: upstream, over: make(chan struct{})}
}

// weatherToxic is on each connection, and lets others take its place.
type weatherToxic struct {
	weather  *weather
	upstream bool
}

// Pipe passes on what comes, or lets the toxic of the spell do so.
func (t *weatherToxic) Pipe(stub *toxics.ToxicStub) {
	for {
		now := t.weather.current()
		open := false
		if now.toxic == nil || now.upstream != t.upstream {
			open = calm(stub, now.over)
		} else {
			open = stormy(stub, now)
		}
		if !open {
			return
		}
	}
}

// calm passes on until the spell is over. It reports whether the connection is
// still open.
func calm(stub *toxics.ToxicStub, over <-chan struct{}) bool {
	for {
		select {
		case <-over:
			return true
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return false
			}
			stub.Output <- chunk
		}
	}
}

// stormy runs a toxic of toxiproxy as toxiproxy does, until the spell is over.
// It reports whether the connection is still open.
func stormy(stub *toxics.ToxicStub, now spell) bool {
	inner := toxics.NewToxicStub(stub.Input, stub.Output)
	if stateful, ok := now.toxic.(toxics.StatefulToxic); ok {
		inner.State = stateful.NewState()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		now.toxic.Pipe(inner)
	}()
	select {
	case <-done:
	case <-now.over:
		select {
		case <-done:
		case inner.Interrupt <- struct{}{}:
			<-done
		}
	}
	if cleaning, ok := now.toxic.(toxics.CleanupToxic); ok && !inner.Closed() {
		cleaning.Cleanup(inner)
	}
	if inner.Closed() { // and with it the output
		drain(stub)
		return false
	}
	return true
}

// The lengths of an outage, drawn between the two. A client that begins a call
// at its start and makes its fourth attempt 350 ms later, which is the soonest
// after waits of 100, 200 and 400 ms less a half, finds it over.
const (
	shortest = 80 * time.Millisecond
	longest  = 230 * time.Millisecond
	// TooLong is the length from which on calls that met it are excused.
	TooLong = 320 * time.Millisecond
)
