// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/trip"
)

// A Transport is a stack of layers around a base. It is an
// [http.RoundTripper] for an [http.Client] or an SDK. The zero value is not
// usable; call [New]. A Transport is safe for concurrent use; one is meant to
// serve a whole program, because circuits and budgets learn from all calls that
// go through it.
type Transport struct {
	base   http.RoundTripper
	head   http.RoundTripper // the outermost layer
	below  http.RoundTripper // what is beneath the retry layer
	layers layers

	names, belowNames []string
	circuits          *breaker.Breaker // this one's, or those it has found beneath
	limits            *limit.Limiter   // as above
	hedging           *hedge.Hedger    // as above
	heard             []*observe.Relay // this one's, and that of a stack whose layers it took over
	fleet             peer.Fleet       // this one's, or that of such a stack; nil for none
}

var _ http.RoundTripper = (*Transport)(nil)

// New builds a stack around base, or around [http.DefaultTransport] where base
// is nil. If options are wrong, it returns nil and one error that joins an
// [*ConfigError] for each mistake.
//
// A base that retries already would multiply the attempts, and one that makes
// idempotency keys would make one for each of them. Where base is a [*Transport]
// that does either, the new one takes the place of its retry layer: it
// builds on what is beneath it, keeps the circuits that are there ([WithBreaker]
// puts others around them), and takes over middleware, idempotency keys and total
// timeout from above it unless it has its own. Where a retry layer of this
// module is found deeper in base, the new Transport does without one. Either
// way the logger and the observer are told.
func New(base http.RoundTripper, opts ...Option) (*Transport, error) {
	cfg := newConfig(opts)
	l, err := cfg.build()
	if err = errors.Join(validBase(base), err); err != nil {
		return nil, err
	}
	t := &Transport{base: trip.OrDefault(base), layers: l, circuits: l.breaker, limits: l.limit, heard: []*observe.Relay{l.relay}, fleet: cfg.fleet}
	ground := t.settleNested(cfg)
	l.counter.circuits = t.circuits
	if t.layers.hedge != nil {
		t.hedging = t.layers.hedge
	}
	t.assemble(ground, cfg)
	return t, nil
}

// Wrap returns a copy of c whose Transport is a stack around the Transport
// that c has. The argument is not touched; a nil c stands for a zero client. The
// client's Timeout goes on to bound the whole call, with its body; where it is not
// longer than [WithAttemptTimeout] the logger and the observer are told. Errors
// are those of [New].
func Wrap(c *http.Client, opts ...Option) (*http.Client, error) {
	wrapped := new(http.Client)
	if c != nil {
		*wrapped = *c
	}
	t, err := New(wrapped.Transport, opts...)
	if err != nil {
		return nil, err
	}
	if a := t.layers.attempt; a != nil && wrapped.Timeout > 0 && wrapped.Timeout <= a.Limit() {
		t.warn(fmt.Sprintf("the client's Timeout of %s leaves no time for another attempt after the attempt timeout of %s: "+
			"a call that hangs is never retried", wrapped.Timeout, a.Limit()))
	}
	wrapped.Transport = t
	return wrapped, nil
}

// validBase refuses what would panic at the first call. A base of the user's own
// type may be a nil pointer and work all the same.
func validBase(base http.RoundTripper) error {
	var missing bool
	switch base := base.(type) {
	case *Transport:
		missing = base == nil
	case *http.Transport:
		missing = base == nil
	}
	if !missing {
		return nil
	}
	return &ConfigError{Package: "transport", Option: "New", Value: fmt.Sprintf("(%T)(nil)", base), Reason: "is no base; a plain nil is http.DefaultTransport"}
}

// RoundTrip sends req through the stack, as [http.RoundTripper] demands.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.head.RoundTrip(req)
}

// observed is a fleet that tells what becomes of it; see [peer.Fleet].
type observed interface {
	Observe(o observe.Observer) (stop func())
}

// Observe has o told of every event of the stack from now on, like those given
// to [WithObserver], and of its fleet if that can be observed, until stop is
// called: for a page that is looked at, or a test. An event that is on its way may
// still reach o after stop. A nil o is told nothing.
func (t *Transport) Observe(o observe.Observer) (stop func()) {
	stops := make([]func(), len(t.heard))
	for i, r := range t.heard {
		stops[i] = r.Add(o)
	}
	if f, ok := t.fleet.(observed); ok {
		stops = append(stops, f.Observe(o))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// CloseIdleConnections closes the idle connections of the base, and of
// middleware that has its own and passes the call on.
func (t *Transport) CloseIdleConnections() {
	trip.CloseIdle(t.head)
	// Middleware need not pass the call on, and closing twice does no harm.
	trip.CloseIdle(t.base)
}

// Unwrap returns the base.
func (t *Transport) Unwrap() http.RoundTripper { return t.base }

// String names the layers, outermost first, and the base:
//
//	retry → breaker → *http.Transport
func (t *Transport) String() string { return strings.Join(t.names, " → ") }
