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

// A proof collects what the hooks of net/http/httptrace tell of one attempt. Hooks
// can be called late and on other goroutines, so each attempt has its own.
//
// That a connection was asked for and none was got proves that none of the request
// can have reached a server. Hooks that were not called prove nothing, because a
// base need not call any. The hook that reports written headers is no evidence
// either: net/http writes through a buffer, so the first 4096 bytes of large
// headers are on the wire before it is called (go.dev/issue/60576).
//
// That a connection was got, and then another was asked for, takes away what the
// error may seem to prove: the base sends requests again by itself, and that its
// last try could not connect says nothing of those before. net/http does so after
// HTTP/2's REFUSED_STREAM, which proxies send for requests that were carried out.
type proof struct {
	asked atomic.Bool
	got   atomic.Int32
	again atomic.Bool // asked for another when it had got one
}

// watch returns a context whose hooks feed a new proof.
func watch(ctx context.Context) (context.Context, *proof) {
	p := new(proof)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			if p.got.Load() > 0 {
				p.again.Store(true)
			}
			p.asked.Store(true)
		},
		GotConn: func(httptrace.GotConnInfo) { p.got.Add(1) },
	}), p
}

// notSent reports whether there is proof.
func (p *proof) notSent() bool { return p.asked.Load() && p.got.Load() == 0 }

// resent reports whether the base has sent the request more than once, or was
// about to. Two that were asked for before one was got are nothing of the kind: over
// HTTP/2 both pools of net/http ask.
func (p *proof) resent() bool { return p.got.Load() > 1 || p.again.Load() }

// hooked tells whether a base calls the hooks. One that cannot be seen, since some
// layer has no Unwrap, shows it by calling those of the first requests; what its
// hooks prove is not believed, for it may have sent a request in a way that calls
// none. What they disprove is.
type hooked struct {
	known  bool         // it does, in every protocol that it speaks
	seen   atomic.Bool  // it has done so
	silent atomic.Int32 // attempts that were answered, and of which it told nothing
}

// trials is after how many of those it is believed to call none.
const trials = 16

func (h *hooked) worthwhile() bool {
	return h.known || h.seen.Load() || h.silent.Load() < trials
}

// learn takes what the hooks told of an attempt that has ended.
func (h *hooked) learn(p *proof, answered bool) {
	switch {
	case h.known || h.seen.Load():
	case p.asked.Load():
		h.seen.Store(true)
	case answered:
		h.silent.Add(1)
	}
}

// traceable reports whether the base of rt is known to call the hooks. It does not
// look at TLSNextProto, which net/http may be writing to.
func traceable(rt http.RoundTripper) bool {
	_, ok := trip.Base(rt).(*http.Transport)
	return ok
}
