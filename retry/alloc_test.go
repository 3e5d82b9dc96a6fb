// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// A round is a base that allocates nothing: it gives its answers in turn.
type round struct {
	answers []*http.Response
	next    int
}

func (r *round) RoundTrip(*http.Request) (*http.Response, error) {
	resp := r.answers[r.next%len(r.answers)]
	r.next++
	return resp, nil
}

func answers(codes ...int) *round {
	r := new(round)
	for _, code := range codes {
		r.answers = append(r.answers, &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody})
	}
	return r
}

// timer is what time.NewTimer allocates, which a wait that can be given up needs.
const timer = 3

// What a call costs is part of what the layer promises.
func TestRoundTrip_Allocates(t *testing.T) { //nolint:paralleltest // counts allocations
	var told int
	quiet := retry.WithObserver(observe.Func(func(observe.Event) { told++ }))
	get := newRequest(context.Background(), t, http.MethodGet) // one that never ends
	ending := newRequest(t.Context(), t, http.MethodGet)
	post := newPost(t.Context(), t, "charge")
	keyed := newPost(t.Context(), t, "charge")
	keyed.Header.Set("Idempotency-Key", "k1")
	noBody := http.NoBody
	replay := ending.Clone(t.Context())
	replay.Body, replay.GetBody = io.NopCloser(strings.NewReader("")), func() (io.ReadCloser, error) { return noBody, nil }
	proxied := retry.WithKey(func(*http.Request) string { return "key" })

	tests := []struct {
		name string
		opts []retry.Option
		base http.RoundTripper
		req  *http.Request
		want float64
	}{
		{"a GET", nil, answers(200), get, 0},
		{"a GET that can be given up", nil, answers(200), ending, 0},
		{"a POST", nil, answers(200), post, 0},
		{"a POST with a key", nil, answers(200), keyed, 0},
		{"an answer that is final", nil, answers(404), ending, 0},
		{"trouble that is not retried", nil, answers(503), post, 0},
		{"a call with an observer", []retry.Option{quiet}, answers(200), ending, 0},
		{"a POST with an observer", []retry.Option{quiet}, answers(200), post, 0},
		{"a call with a key of its own", []retry.Option{proxied}, answers(200), ending, 0},
		{"a retry", []retry.Option{retry.WithBackoff(1, 1)}, answers(503, 200), get, 1},
		{"a retry with an observer", []retry.Option{retry.WithBackoff(1, 1), quiet}, answers(503, 200), get, 1},
		{"a retry that can be given up", []retry.Option{retry.WithBackoff(1, 1)}, answers(503, 200), ending, 1 + timer},
		{"a retry with GetBody", []retry.Option{retry.WithBackoff(1, 1)}, answers(503, 200), replay, 1 + timer},
	}
	for _, tt := range tests { //nolint:paralleltest // as above
		t.Run(tt.name, func(t *testing.T) {
			rt := newRetrier(t, tt.opts...).Wrap(tt.base)
			_, _ = rt.RoundTrip(tt.req)
			_, _ = rt.RoundTrip(tt.req)
			if got := testing.AllocsPerRun(200, func() { _, _ = rt.RoundTrip(tt.req) }); got > tt.want {
				t.Errorf("got %v allocations, want %v at most", got, tt.want)
			} else if got < tt.want {
				t.Logf("got %v allocations, fewer than the %v allowed", got, tt.want)
			}
		})
	}
	if told == 0 {
		t.Error("got an observer that was told nothing, want it told")
	}
}

// A base that is known to be an http.Transport costs a keyless POST the hooks
// of its proof, and nothing else anything.
func TestRoundTrip_AllocatesForProofOnlyWhereNeeded(t *testing.T) { //nolint:paralleltest // counts allocations
	rt := newRetrier(t, retry.WithConnTrace()).Wrap(answers(200))
	count := func(req *http.Request) float64 {
		return testing.AllocsPerRun(200, func() { _, _ = rt.RoundTrip(req) })
	}
	keyed := newPost(t.Context(), t, "charge")
	keyed.Header.Set("Idempotency-Key", "k1")
	for name, req := range map[string]*http.Request{
		"a GET":                 newRequest(t.Context(), t, http.MethodGet),
		"a POST with a key":     keyed,
		"a POST that may be":    newPost(retry.Idempotent(t.Context()), t, "search"),
		"a POST that may never": newPost(retry.Never(t.Context()), t, "charge"),
	} {
		if got := count(req); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
	if got := count(newPost(t.Context(), t, "charge")); got == 0 || got > 12 {
		t.Errorf("a POST without a key: got %v allocations, want a few", got)
	}
}

// A large body is not copied on its way, whatever the layer does.
func TestRoundTrip_CopiesNoBody(t *testing.T) { //nolint:paralleltest // counts bytes
	const size = 1 << 20
	content := strings.Repeat("x", size)
	n := 0
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, req.Body)
		_ = req.Body.Close()
		if n++; n%2 == 1 {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}, nil
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})
	rt := newRetrier(t, retry.WithBackoff(1, 1), retry.WithBodyBuffer(2*size)).Wrap(base)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const calls = 20
	for range calls {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = rt.RoundTrip(req)
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / calls; got > 4<<10 {
		t.Errorf("got %d bytes for a body of 1 MiB that is sent twice, want 4 KiB at most", got)
	}
}

// Once a call is over there is no other attempt to keep a body for, although
// the base may send it still.
func TestRoundTrip_KeepsNoBodyAfterCall(t *testing.T) { //nolint:paralleltest // counts bytes
	const size = 8 << 20
	var body io.ReadCloser
	rt := newRetrier(t, retry.WithBodyBuffer(2*size)).Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		body = req.Body
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}))
	req := newRequest(t.Context(), t, http.MethodPut)
	req.Body, req.ContentLength = newBody(strings.Repeat("x", size)), size
	wantStatus(t, rt, req, http.StatusOK)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if n, err := io.Copy(io.Discard, body); n != size || err != nil {
		t.Errorf("got %d bytes and error %v, want all", n, err)
	}
	_ = body.Close()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > size/8 {
		t.Errorf("got %d bytes for a body that nobody can want again, want few", got)
	}
}
