// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// broken is a wrapper that breaks one promise, and what it says of itself.
type broken struct {
	wrap trip.Middleware
	opts []triptest.Option
}

// brokenWrappers returns a broken wrapper for each clause, by the name of the
// clause.
func brokenWrappers() map[string]broken {
	all := map[string]broken{}
	for _, some := range []map[string]broken{
		brokenRequests(), brokenRequestBodies(), brokenResponses(), brokenResponseBodies(), brokenContexts(),
		brokenSafety(), brokenRetries(), brokenRetryAfter(), brokenCircuits(), brokenTimeouts(),
		brokenLifecycles(), brokenClients(), brokenWires(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// Every clause has a wrapper that fails it.
func TestClauses_EachCanFail(t *testing.T) {
	t.Parallel()
	wrappers := brokenWrappers()
	for _, cl := range triptest.Clauses() {
		t.Run(cl.Name, func(t *testing.T) {
			t.Parallel()
			b, ok := wrappers[cl.Name]
			if !ok {
				t.Fatal("no broken wrapper for this clause")
			}
			results, err := triptest.Check(t, b.wrap, append(b.opts, triptest.Only(cl.Name))...)
			if err != nil || len(results) != 1 {
				t.Fatalf("got %d results and error %v, want 1 and nil", len(results), err)
			}
			if got := results[0]; got.Status != triptest.Failed || got.Detail == "" {
				t.Errorf("got %v, want it to fail", got)
			} else {
				t.Log(got)
			}
		})
	}
}

func TestClauses_NoBrokenWrapperWithoutClause(t *testing.T) {
	t.Parallel()
	wrappers := brokenWrappers()
	for _, cl := range triptest.Clauses() {
		delete(wrappers, cl.Name)
	}
	for name := range wrappers {
		t.Errorf("got a broken wrapper for %q, which is no clause", name)
	}
}

// sender sends a request by next, or does something else instead.
type sender func(next http.RoundTripper, req *http.Request) (*http.Response, error)

// wrapping makes a wrapper of a sender.
func wrapping(send sender) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) { return send(next, req) })
	}
}

// wrapper is a wrapper of a sender that says nothing of itself.
func wrapper(send sender) broken { return broken{wrap: wrapping(send)} }

// sending changes a copy of the request.
func sending(change func(*http.Request)) broken {
	return wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		sent := req.WithContext(req.Context())
		change(sent)
		resp, err := next.RoundTrip(sent)
		if resp != nil && resp.Request == sent {
			resp.Request = req
		}
		return resp, err
	})
}

// receiving changes the response.
func receiving(change func(*http.Response)) broken {
	return wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if resp != nil {
			change(resp)
		}
		return resp, err
	})
}

// Every clause has a wrapper that passes it.
func TestClauses_EachCanPass(t *testing.T) {
	t.Parallel()
	passed := map[string]bool{}
	for _, good := range []broken{
		{wrap: logging(func(string) {})},
		{wrap: hedging, opts: []triptest.Option{triptest.Hedges()}},
		{wrap: trip.Chain(buffering, retrying(4)), opts: []triptest.Option{triptest.Retries(4), triptest.Buffers()}},
		{wrap: trip.Chain(keying, retrying(4), breaking, timing(10*time.Second)), opts: everything()},
	} {
		results, err := triptest.Check(t, good.wrap, good.opts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			passed[r.Clause.Name] = passed[r.Clause.Name] || r.Status == triptest.Passed
		}
	}
	for _, cl := range triptest.Clauses() {
		if !passed[cl.Name] {
			t.Errorf("%s: got no wrapper that passes it", cl.Name)
		}
	}
}
