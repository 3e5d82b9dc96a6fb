// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/internal/keymark"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// The caller's own key in the header of the service has to be known to net/http
// and to retries like one that is made.
func TestRoundTrip_TellsOfTheCallersKeyInTheHeaderOfTheService(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name         string
		header, want http.Header
	}{
		{
			"a key",
			http.Header{"Request-Token": {"mine"}},
			http.Header{"Request-Token": {"mine"}, "Idempotency-Key": nil},
		},
		{
			"a key under a name in lower case",
			http.Header{"request-token": {"mine"}},
			http.Header{"request-token": {"mine"}, "Idempotency-Key": nil},
		},
		{
			"a key beside a blank one",
			http.Header{"Request-Token": {" ", "mine"}},
			http.Header{"Request-Token": {" ", "mine"}, "Idempotency-Key": nil},
		},
		{
			"a key with a mark of the caller's",
			http.Header{"Request-Token": {"mine"}, "Idempotency-Key": {}},
			http.Header{"Request-Token": {"mine"}, "Idempotency-Key": {}},
		},
		{
			"a key with one that the service does not know",
			http.Header{"Request-Token": {"mine"}, "Idempotency-Key": {"other"}},
			http.Header{"Request-Token": {"mine"}, "Idempotency-Key": {"other"}},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			req := request(t.Context(), t, http.MethodPost, row.header)
			before := maps.Clone(row.header)
			sent := send(t, req, idempotency.WithHeader("Request-Token"), idempotency.WithObserver(
				observe.Func(func(e observe.Event) { t.Errorf("got event %v, want none", e.Kind) })))
			if !reflect.DeepEqual(sent.Header, row.want) || !keymark.Carried(sent) {
				t.Errorf("got header %v, told of: %v, want %v and true", sent.Header, keymark.Carried(sent), row.want)
			}
			if !reflect.DeepEqual(req.Header, before) || sent.Body != req.Body || sent.URL != req.URL {
				t.Error("got another request, want a copy that differs in its header only")
			}
		})
	}
}

// Net/http takes a blank value for a promise, and a server cannot know a request
// by one.
func TestRoundTrip_PutsAKeyInThePlaceOfABlankOne(t *testing.T) {
	t.Parallel()
	made := http.Header{"Idempotency-Key": {"k1"}}
	custom := http.Header{"Request-Token": {"k1"}, "Idempotency-Key": nil}
	rows := []struct {
		name   string
		header http.Header // of the service
		from   http.Header
		want   http.Header
	}{
		{"an empty value", nil, http.Header{"Idempotency-Key": {""}}, made},
		{"white space", nil, http.Header{"Idempotency-Key": {" \t"}}, made},
		{"several", nil, http.Header{"Idempotency-Key": {"", " "}}, made},
		{"the older name", nil, http.Header{"X-Idempotency-Key": {""}}, made},
		{"a name in lower case", nil, http.Header{"idempotency-key": {""}}, made},
		{"both names", nil, http.Header{"Idempotency-Key": {""}, "x-idempotency-key": {""}}, made},
		{"the header of the service", custom, http.Header{"Request-Token": {""}}, custom},
		{"that in lower case", custom, http.Header{"request-token": {" "}}, custom},
		{
			"and one that the service does not know is the caller's", custom,
			http.Header{"Idempotency-Key": {""}},
			http.Header{"Request-Token": {"k1"}, "Idempotency-Key": {""}},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var events []observe.Kind
			opts := []idempotency.Option{
				idempotency.WithGenerator(fixed),
				idempotency.WithObserver(observe.Func(func(e observe.Event) { events = append(events, e.Kind) })),
			}
			if row.header != nil {
				opts = append(opts, idempotency.WithHeader("Request-Token"))
			}
			req := request(t.Context(), t, http.MethodPost, row.from)
			before := maps.Clone(row.from)
			if sent := send(t, req, opts...); !reflect.DeepEqual(sent.Header, row.want) {
				t.Errorf("got header %v, want %v", sent.Header, row.want)
			}
			if !reflect.DeepEqual(req.Header, before) {
				t.Errorf("got the caller's header %v, want %v", req.Header, before)
			}
			if !reflect.DeepEqual(events, []observe.Kind{observe.KeyAssigned}) {
				t.Errorf("got events %v, want that of a key and no other", events)
			}
		})
	}
}

// The mark of such a layer further out is no word of the caller's.
func TestRoundTrip_DoesNotTakeAMarkForADecline(t *testing.T) {
	t.Parallel()
	var sent *http.Request
	outer := newKeys(t, idempotency.WithHeader("Request-Token"), idempotency.WithGenerator(fixed))
	inner := newKeys(t, idempotency.WithHeader("Order-Token"), idempotency.WithGenerator(func() string { return "k2" }))
	_, err := trip.Chain(outer.Wrap, inner.Wrap)(trip.Func(func(req *http.Request) (*http.Response, error) {
		sent = req
		return &http.Response{Body: http.NoBody}, nil
	})).RoundTrip(request(t.Context(), t, http.MethodPost, http.Header{}))
	want := http.Header{"Request-Token": {"k1"}, "Order-Token": {"k2"}, "Idempotency-Key": nil}
	if err != nil || !reflect.DeepEqual(sent.Header, want) {
		t.Errorf("got header %v, %v, want %v", sent.Header, err, want)
	}
}

// A header of the service's own costs no more than the usual one.
func TestRoundTrip_AllocatesForAKey(t *testing.T) { //nolint:paralleltest // counts allocations
	resp := &http.Response{Body: http.NoBody}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	for _, header := range []string{"Idempotency-Key", "Request-Token"} {
		rt := newKeys(t, idempotency.WithGenerator(fixed), idempotency.WithHeader(header)).Wrap(base)
		req := request(t.Context(), t, http.MethodPost, http.Header{"A": {"b"}})
		// The request, its map (two), and the list of values.
		if got := testing.AllocsPerRun(100, func() { _, _ = rt.RoundTrip(req) }); got > 4 {
			t.Errorf("%s: got %v allocations, want 4 at most", header, got)
		}
	}
}

// A context is printed by many a log.
func TestRoundTrip_PrintsNoKeyWithItsContext(t *testing.T) {
	t.Parallel()
	req := request(t.Context(), t, http.MethodPost, http.Header{"Request-Token": {"secret"}})
	got := fmt.Sprint(send(t, req, idempotency.WithHeader("Request-Token")).Context())
	if strings.Contains(got, "secret") || !strings.HasSuffix(got, ".WithIdempotencyKey") {
		t.Errorf("got %q, want what the context is and no key", got)
	}
}
