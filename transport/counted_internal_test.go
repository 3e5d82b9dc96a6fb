// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"context"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// uncounted returns a stack without a retry layer, and count wraps next as its
// counting layer does.
func uncounted(tb testing.TB, opts ...Option) (stack *Transport, count func(next http.RoundTripper) http.RoundTripper) {
	tb.Helper()
	opts = append(opts, WithoutRetry())
	stack, err := New(nil, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return stack, func(next http.RoundTripper) http.RoundTripper { return stack.counts(next, newConfig(opts)) }
}

// What the layer tells is what a retry layer tells that makes one attempt.
func TestCounted_TellsWhatARetryLayerTells(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	answer := func(code int) trip.Func {
		return func(req *http.Request) (*http.Response, error) {
			<-time.NewTimer(time.Second).C
			return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}
	}
	fail := func(err error) trip.Func {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	for _, test := range []struct {
		name string
		ctx  context.Context
		base trip.Func
	}{
		{"200", t.Context(), answer(200)},
		{"404", t.Context(), answer(404)},
		{"503", t.Context(), answer(503)},
		{"an error", t.Context(), fail(io.ErrUnexpectedEOF)},
		{"a rejection", t.Context(), fail(&breaker.OpenError{Key: "x"})},
		{"canceled", canceled, fail(context.Canceled)},
		{"a base that returns both", t.Context(), func(req *http.Request) (*http.Response, error) {
			resp, _ := answer(200)(req)
			return resp, io.ErrUnexpectedEOF
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				send := func(rt http.RoundTripper) {
					req, err := http.NewRequestWithContext(test.ctx, http.MethodPost, "https://host.test:443/x?secret", http.NoBody)
					if err != nil {
						t.Fatal(err)
					}
					if resp, err := rt.RoundTrip(req); err == nil {
						resp.Body.Close()
					}
				}
				var got, want []observe.Event
				stack, count := uncounted(t)
				defer stack.Observe(observe.Func(func(e observe.Event) { got = append(got, e) }))()
				send(count(test.base))

				r, err := retry.New(retry.WithMaxAttempts(1), retry.WithObserver(observe.Func(func(e observe.Event) {
					if e.Kind == observe.AttemptFinished || e.Kind == observe.CallFinished {
						want = append(want, e)
					}
				})))
				if err != nil {
					t.Fatal(err)
				}
				send(r.Wrap(test.base))
				if len(got) != 2 || !slices.Equal(got, want) {
					t.Errorf("got  %+v,\nwant %+v", got, want)
				}
			})
		})
	}
}

func TestCounted_HeedsClassifierAndKey(t *testing.T) {
	t.Parallel()
	var got []observe.Event
	odd := classify.Func(func(*http.Request, *http.Response, error) classify.Verdict {
		return classify.Verdict{Class: classify.Terminal, Reason: classify.ReasonBodyCode}
	})
	stack, count := uncounted(t, WithClassifier(odd), WithKey(func(*http.Request) string { return "tenant" }))
	defer stack.Observe(observe.Func(func(e observe.Event) { got = append(got, e) }))()
	get(t, count(fine))
	if len(got) != 2 || got[0].Key != "tenant" || got[0].Verdict.Reason != classify.ReasonBodyCode {
		t.Errorf("got %+v, want the user's key and verdict", got)
	}
}

var fine = trip.Func(func(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
})

func get(t *testing.T, rt http.RoundTripper) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestCounted_CostsNothingWhereNobodyListens(t *testing.T) { //nolint:paralleltest // counts allocations
	answer := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	asked := 0
	stack, count := uncounted(t, WithClassifier(classify.Func(func(req *http.Request, resp *http.Response, err error) classify.Verdict {
		asked++
		return classify.Default().Classify(req, resp, err)
	})))
	rt := count(trip.Func(func(*http.Request) (*http.Response, error) { return answer, nil }))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	run := func() { _, _ = rt.RoundTrip(req) }
	if got := testing.AllocsPerRun(100, run); got != 0 || asked != 0 {
		t.Errorf("got %v allocations and %d verdicts, want none", got, asked)
	}
	told := 0
	stop := stack.Observe(observe.Func(func(observe.Event) { told++ }))
	run() // learns the name of the key
	if got := testing.AllocsPerRun(100, run); got != 0 || told == 0 {
		t.Errorf("got %v allocations and %d events while somebody listens, want none and some", got, told)
	}
	stop()
	told = 0
	if run(); told != 0 {
		t.Errorf("got %d events after nobody listens any more", told)
	}
}

func TestConformance_Counted(t *testing.T) {
	t.Parallel()
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
		stack, count := uncounted(t)
		stack.Observe(observe.Func(func(observe.Event) {}))
		return count(next)
	})
}
