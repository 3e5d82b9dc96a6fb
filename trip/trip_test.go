// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// layer notes its name on the way in and tells what is beneath it.
type layer struct {
	name string
	log  *[]string
	next http.RoundTripper
}

func (l *layer) RoundTrip(req *http.Request) (*http.Response, error) {
	*l.log = append(*l.log, l.name)
	return l.next.RoundTrip(req)
}

func (l *layer) Unwrap() http.RoundTripper { return l.next }

func named(name string, log *[]string) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper { return &layer{name, log, next} }
}

func TestFunc_CallsTheFunction(t *testing.T) {
	t.Parallel()
	want, boom := &http.Response{}, errors.New("boom")
	resp, err := trip.Func(func(*http.Request) (*http.Response, error) { return want, boom }).RoundTrip(nil)
	if resp != want || !errors.Is(err, boom) {
		t.Errorf("got %v, %v, want what the function returned", resp, err)
	}
}

func TestChain_PutsTheFirstOutermost(t *testing.T) {
	t.Parallel()
	var log []string
	base := trip.Func(func(*http.Request) (*http.Response, error) {
		log = append(log, "base")
		return nil, errors.New("enough")
	})
	middleware := []trip.Middleware{named("a", &log), nil, named("b", &log), named("c", &log)}
	chain := trip.Chain(middleware...)
	middleware[0] = nil // the slice is copied
	for range 2 {       // and the chain may be used again
		log = nil
		if _, err := chain(base).RoundTrip(nil); err == nil {
			t.Error("got no error, want the base's")
		}
		if want := []string{"a", "b", "c", "base"}; !slices.Equal(log, want) {
			t.Errorf("got order %q, want %q", log, want)
		}
	}
}

func TestChain_StandsOnTheDefaultTransportWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	base := &layer{}
	none := func(http.RoundTripper) http.RoundTripper { return nil }
	rows := []struct {
		name  string
		chain trip.Middleware
		next  http.RoundTripper
		want  http.RoundTripper
	}{
		{"a chain of nothing returns its base", trip.Chain(), base, base},
		{"a chain of nil returns its base", trip.Chain(nil, nil), base, base},
		{"a nil base is the default transport", trip.Chain(), nil, http.DefaultTransport},
		{"middleware that returns nil is skipped", trip.Chain(none), base, base},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := row.chain(row.next); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestOrDefault_ReplacesNilOnly(t *testing.T) {
	t.Parallel()
	base := &layer{}
	if got := trip.OrDefault(base); got != base {
		t.Errorf("got %v, want the argument", got)
	}
	if got := trip.OrDefault(nil); got != http.DefaultTransport {
		t.Errorf("got %v, want http.DefaultTransport", got)
	}
}

func TestUnwrap_GoesDownOneLayer(t *testing.T) {
	t.Parallel()
	base := &http.Transport{}
	stack := &layer{next: base}
	if got := trip.Unwrap(stack); got != base {
		t.Errorf("got %v, want the next layer", got)
	}
	for name, rt := range map[string]http.RoundTripper{"a base": base, "nil": nil} {
		if got := trip.Unwrap(rt); got != nil {
			t.Errorf("%s: got %v, want nil", name, got)
		}
	}
}

func TestBase_GoesDownToTheEndWithinBounds(t *testing.T) {
	t.Parallel()
	base := &http.Transport{}
	deep := func(layers int) http.RoundTripper {
		var rt http.RoundTripper = base
		for range layers {
			rt = &layer{next: rt}
		}
		return rt
	}
	for _, layers := range []int{0, 1, 63} {
		if got := trip.Base(deep(layers)); got != base {
			t.Errorf("%d layers: got %T, want the base", layers, got)
		}
	}
	if got := trip.Base(deep(65)); trip.Unwrap(trip.Unwrap(got)) != base {
		t.Errorf("65 layers: got %T, want the 64th", got)
	}
	if got := trip.Base(nil); got != nil {
		t.Errorf("got %v of nil, want nil", got)
	}
	circle := &layer{}
	circle.next = &layer{next: circle}
	if got := trip.Base(circle); got == nil {
		t.Error("got nil of a stack that contains itself, want some layer of it")
	}
}

func TestWalk_VisitsFromTheOutermostUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	base := &http.Transport{}
	inner := &layer{next: base}
	outer := &layer{next: inner}
	all := []http.RoundTripper{outer, inner, base}
	for want := range len(all) + 1 {
		var seen []http.RoundTripper
		trip.Walk(outer, func(rt http.RoundTripper) bool {
			seen = append(seen, rt)
			return len(seen) != want
		})
		if want == 0 {
			want = len(all) // never told to stop
		}
		if !slices.Equal(seen, all[:want]) {
			t.Errorf("got %v, want %v", seen, all[:want])
		}
	}
	trip.Walk(nil, func(http.RoundTripper) bool {
		t.Error("got a visit to nil, want none")
		return true
	})
	steps := 0
	circle := &layer{}
	circle.next = circle
	trip.Walk(circle, func(http.RoundTripper) bool {
		steps++
		return true
	})
	if steps != 64 {
		t.Errorf("got %d visits of a stack that contains itself, want 64", steps)
	}
}

func TestConfigError_NamesTheOption(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		"retry: WithX: 0: it must not be": 0, "retry: WithX: <nil>: it must not be": nil,
		`retry: WithX: "": it must not be`: "", "retry: WithX: 2s: it must not be": 2 * time.Second,
	} {
		err := &trip.ConfigError{Package: "retry", Option: "WithX", Value: value, Reason: "it must not be"}
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

type idle struct {
	layer
	calls int
}

func (i *idle) CloseIdleConnections() { i.calls++ }

func TestCloseIdle_CallsTheMethodWhereThereIsOne(t *testing.T) {
	t.Parallel()
	closer := &idle{}
	trip.CloseIdle(closer)
	if closer.calls != 1 {
		t.Errorf("got %d calls, want 1", closer.calls)
	}
	trip.CloseIdle(&layer{})
	trip.CloseIdle(nil)
}
