// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A Ledger is the account of things that were opened and have to be closed:
// bodies, connections, child contexts, goroutines. The zero value is ready to use. It is
// safe for concurrent use.
type Ledger struct {
	mu     sync.Mutex
	opened int
	open   []*entry
	groups []string // labels of the goroutines that Watch has started
}

// A Leak is something that is still open.
type Leak struct {
	// What names the thing, as "response 503 of http://api.test/".
	What string
	// Stack tells where it was opened, or where the goroutine is, the innermost
	// function first.
	Stack []string
}

// String returns the leak on one line.
func (l Leak) String() string {
	if len(l.Stack) == 0 {
		return l.What
	}
	return l.What + ", from " + strings.Join(l.Stack, " < ")
}

type entry struct{ leak Leak }

// add opens an entry. The function it returns closes it, and may be called
// more than once.
func (l *Ledger) add(what string) (done func()) {
	e := &entry{Leak{What: what, Stack: callers()}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opened++
	l.open = append(l.open, e)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if i := slices.Index(l.open, e); i >= 0 {
			l.open = slices.Delete(l.open, i, i+1)
		}
	}
}

// Body enters a body into the account and returns it, watched. It is struck
// off when it is closed. A body that can be written to still can. A nil body
// and [http.NoBody] need no closing and are returned as they are.
func (l *Ledger) Body(what string, body io.ReadCloser) io.ReadCloser {
	if body == nil || body == http.NoBody {
		return body
	}
	ledgered := &ledgerBody{ReadCloser: body, done: l.add(what)}
	if w, ok := body.(io.Writer); ok {
		return &ledgerConn{ledgerBody: ledgered, Writer: w}
	}
	return ledgered
}

// Wrap returns a RoundTripper that enters the body of every response of next
// into the account. Put it beneath the wrapper that has to close them.
func (l *Ledger) Wrap(next http.RoundTripper) http.RoundTripper {
	return &ledgerTripper{ledger: l, next: next}
}

// A Dialer opens connections, as [http.Transport.DialContext] does.
type Dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// Dial returns a dialer that enters every connection of dial into the account
// until it is closed. A transport keeps idle connections open: close them
// before you look.
func (l *Ledger) Dial(dial Dialer) Dialer {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &ledgerNetConn{Conn: conn, done: l.add("connection to " + addr)}, nil
	}
}

// Context returns a child of parent that enters each context that is derived
// from it directly, until that is cancelled. Whoever derives a context with a
// cancel function has to call it; one that is forgotten stays in memory for as
// long as its parent lives.
func (l *Ledger) Context(parent context.Context) context.Context {
	return newLedgerContext(parent, l)
}

// Opened returns how many bodies, connections and contexts have been entered in
// all.
func (l *Ledger) Opened() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// Leaks returns what is open: bodies, connections and contexts in the order in
// which they were opened, then goroutines.
func (l *Ledger) Leaks() []Leak {
	l.mu.Lock()
	defer l.mu.Unlock()
	var leaks []Leak
	for _, e := range l.open {
		leaks = append(leaks, e.leak)
	}
	for _, group := range l.groups {
		leaks = append(leaks, goroutines(group)...)
	}
	return leaks
}

// Check reports everything that is open as an error of the test. A
// [testing.TB] is a T.
func (l *Ledger) Check(t T) {
	t.Helper()
	for _, leak := range l.Leaks() {
		t.Errorf("triptest: not closed: %s", leak)
	}
}

// T is the part of [testing.TB] that is needed to report an error.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

type ledgerBody struct {
	io.ReadCloser
	done func()
}

func (b *ledgerBody) Close() error {
	b.done()
	return b.ReadCloser.Close()
}

type ledgerConn struct {
	*ledgerBody
	io.Writer
}

type ledgerNetConn struct {
	net.Conn
	done func()
}

func (c *ledgerNetConn) Close() error {
	c.done()
	return c.Conn.Close()
}

type ledgerTripper struct {
	ledger *Ledger
	next   http.RoundTripper
}

func (t *ledgerTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if resp != nil {
		resp.Body = t.ledger.Body(fmt.Sprintf("response %d of %s", resp.StatusCode, req.URL), resp.Body)
	}
	return resp, err //nolint:wrapcheck // transparent
}

// CloseIdleConnections passes the call on.
func (t *ledgerTripper) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Unwrap returns the RoundTripper beneath.
func (t *ledgerTripper) Unwrap() http.RoundTripper { return t.next }
