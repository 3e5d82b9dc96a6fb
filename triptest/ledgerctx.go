// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"sync"
)

// ledgerContext is a context that knows its children. Package context asks a
// parent of a type that it does not know for a method AfterFunc, by which the
// child is told of the parent's end, and calls the stop function that it got
// when the child is cancelled first.
type ledgerContext struct {
	context.Context //nolint:containedctx // it is one
	ledger          *Ledger
	done            chan struct{}

	mu       sync.Mutex
	ended    bool
	children map[*ledgerChild]struct{}
}

// ledgerChild is a registration by a child.
type ledgerChild struct {
	f    func()
	done func()
}

func newLedgerContext(parent context.Context, l *Ledger) *ledgerContext {
	c := &ledgerContext{
		Context: parent, ledger: l, done: make(chan struct{}), children: map[*ledgerChild]struct{}{},
	}
	context.AfterFunc(parent, c.end)
	return c
}

// Done returns a channel of its own: a channel of the parent's would tempt
// package context to go past this context and register with the parent.
func (c *ledgerContext) Done() <-chan struct{} { return c.done }

// Err is nil until Done is closed, whatever the parent says.
func (c *ledgerContext) Err() error {
	select {
	case <-c.done:
		return c.Context.Err()
	default:
		return nil
	}
}

// end ends the children with the parent.
func (c *ledgerContext) end() {
	c.mu.Lock()
	children := c.children
	c.children, c.ended = nil, true
	c.mu.Unlock()
	close(c.done)
	for child := range children {
		child.done()
		child.f()
	}
}

// AfterFunc is how package context registers a child.
func (c *ledgerContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		go f()
		return func() bool { return false }
	}
	child := &ledgerChild{f: f, done: c.ledger.add("context derived from the request's")}
	c.children[child] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, registered := c.children[child]
		delete(c.children, child)
		child.done()
		return registered
	}
}
