// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"fmt"
	"net/http"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// ground is what the layers stand on, and what it is called.
type ground struct {
	rt    http.RoundTripper
	names []string
}

// assemble stacks the layers, from the innermost to the outermost.
func (t *Transport) assemble(g ground, cfg *config) {
	l := &t.layers
	rt, names := g.rt, g.names
	put := func(name string, wrap trip.Middleware) {
		rt, names = wrap(rt), append([]string{name}, names...)
	}
	if n := count(l.perAttempt); n > 0 {
		put(fmt.Sprintf("per-attempt middleware ×%d", n), trip.Chain(l.perAttempt...))
	}
	if l.attempt != nil {
		put("attempt timeout "+l.attempt.Limit().String(), l.attempt.Wrap)
	}
	if l.breaker != nil {
		put("breaker", l.breaker.Wrap)
	}
	if l.limit != nil {
		put("limit", l.limit.Wrap)
	}
	if l.hedge != nil {
		put("hedging", l.hedge.Wrap)
	}
	t.below = rt
	belowNames := len(names)
	if l.retry != nil {
		put(fmt.Sprintf("retry (%d attempts)", l.retry.MaxAttempts()), l.retry.Wrap)
	} else {
		rt = t.counts(rt, cfg)
	}
	if l.idempotency != nil {
		put("idempotency keys", l.idempotency.Wrap)
	}
	if l.total != nil {
		put("total timeout "+l.total.Limit().String(), l.total.Wrap)
	}
	if n := count(l.perCall); n > 0 {
		put(fmt.Sprintf("per-call middleware ×%d", n), trip.Chain(l.perCall...))
	}
	t.head, t.names = rt, names
	t.belowNames = names[len(names)-belowNames:]
}

func count(middleware []trip.Middleware) int {
	n := 0
	for _, m := range middleware {
		if m != nil {
			n++
		}
	}
	return n
}

// settleNested returns what to build on, having seen to it that attempts are
// not multiplied.
func (t *Transport) settleNested(cfg *config) ground {
	if t.layers.retry == nil {
		return t.plainGround()
	}
	if inner, ok := t.base.(*Transport); ok && (inner.layers.retry != nil || inner.layers.idempotency != nil) {
		t.inherit(inner, cfg)
		if inner.layers.retry != nil {
			t.warn("the base is a surefoot transport already: its retry layer was replaced by this one's")
		} else {
			t.warn("the base is a surefoot transport already: its idempotency keys were put around this one's retries")
		}
		return ground{rt: inner.below, names: inner.belowNames}
	}
	if retries(t.base) {
		t.layers.retry = nil
		if t.layers.hedge != nil { // nobody would put back what it takes from that budget
			t.layers.hedge, _ = cfg.newHedge(&t.layers, nil) // the options were right before
		}
		t.warn("the base retries already: this transport was built without a retry layer")
	} else if makesKeys(t.base) {
		t.warn("the base makes idempotency keys beneath the retries of this transport: each attempt gets a key of its own")
	}
	return t.plainGround()
}

// makesKeys reports whether a stack is found anywhere in rt that makes keys.
func makesKeys(rt http.RoundTripper) bool {
	found := false
	trip.Walk(rt, func(rt http.RoundTripper) bool {
		t, ok := rt.(*Transport)
		found = ok && t.layers.idempotency != nil
		return !found
	})
	return found
}

// retries reports whether a retry layer of this module is found anywhere in rt.
func retries(rt http.RoundTripper) bool {
	found := retry.Wraps(rt)
	trip.Walk(rt, func(rt http.RoundTripper) bool {
		// A Transport unwraps to its base, past its own layers.
		t, ok := rt.(*Transport)
		found = found || ok && t.layers.retry != nil
		return !found
	})
	return found
}

func (t *Transport) plainGround() ground {
	names := []string{fmt.Sprintf("%T", t.base)}
	switch base := t.base.(type) {
	case *Transport:
		return ground{rt: base, names: base.names}
	case *http.Transport:
		return ground{rt: &freshConns{base: base}, names: names}
	}
	return ground{rt: t.base, names: names}
}

// inherit takes over from inner what sees a call rather than an attempt, since
// those layers of inner are left out of the stack.
func (t *Transport) inherit(inner *Transport, cfg *config) {
	l, in := &t.layers, &inner.layers
	l.perCall = append(append([]trip.Middleware(nil), l.perCall...), in.perCall...)
	if l.total == nil {
		l.total = in.total
	}
	if l.idempotency == nil {
		l.idempotency = in.idempotency
	}
	if inner.circuits != nil && !cfg.breakerSet {
		// Two circuits for one host would each need their own probes.
		l.breaker = nil
		t.circuits = inner.circuits
		if t.fleet != nil && inner.fleet == nil {
			t.warn("the base has circuits already, which are not shared: give it the fleet")
		}
	}
	if t.fleet == nil {
		t.fleet = inner.fleet
	}
	if inner.hedging != nil {
		// Two would send three attempts for one, and the one beneath pays from the
		// budget of the retry layer that is left out.
		l.hedge, t.hedging = nil, inner.hedging
		if in.retry != nil {
			l.retry, _ = cfg.newRetry(l, retry.WithSharedBudget(in.retry.Budget())) // the options were right before
		}
	}
	if l.limit == nil {
		t.limits = inner.limits
	}
	t.heard = append(t.heard, inner.heard...)
}

func (t *Transport) warn(detail string) {
	for _, r := range t.heard {
		if r.Listening() {
			observe.Emit(r, observe.Event{Kind: observe.Misconfigured, Detail: detail})
			return
		}
	}
}
