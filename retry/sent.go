// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/trip"
)

// A proof collects evidence that an attempt never got a connection, so that
// none of it can have reached a server. Hooks that were not called prove
// nothing by themselves, because a base need not call any: that a connection
// was asked for has to be seen. Hooks can be called late and on other
// goroutines, so each attempt has its own.
//
// The hook that reports written headers is no evidence: net/http writes
// through a buffer, so the first 4096 bytes of large headers are on the wire
// before it is called (go.dev/issue/60576).
type proof struct {
	asked, got atomic.Bool
}

// watch returns a context whose hooks feed a new proof.
func watch(ctx context.Context) (context.Context, *proof) {
	p := new(proof)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { p.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { p.got.Store(true) },
	}), p
}

// notSent reports whether there is proof. A nil proof has none.
func (p *proof) notSent() bool { return p != nil && p.asked.Load() && !p.got.Load() }

// traceable reports whether the base of rt is known to call the hooks.
func traceable(rt http.RoundTripper) bool {
	_, ok := trip.Base(rt).(*http.Transport)
	return ok
}
