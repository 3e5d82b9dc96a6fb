// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/trip"
)

//nolint:paralleltest // what others allocate must not be counted
func TestAllocations(t *testing.T) {
	resp := &http.Response{Header: http.Header{}}
	var body io.ReadCloser
	var err error
	base := trip.Func(func(*http.Request) (*http.Response, error) {
		if err != nil {
			return nil, err
		}
		resp.Body = body
		return resp, nil
	})
	req := get(t.Context(), url+"/")
	quiet := breaker.WithObserver(observe.Func(func(observe.Event) {}))
	for _, tt := range []struct {
		name   string
		status int
		body   io.ReadCloser
		err    error
		opts   []breaker.Option
		want   float64
	}{
		{name: "a success without a body", status: 200, body: http.NoBody},
		{name: "a success that is timed", status: 200, body: http.NoBody, opts: []breaker.Option{breaker.WithSlowCall(1 << 60)}},
		{name: "a success with an observer", status: 200, body: http.NoBody, opts: []breaker.Option{quiet}},
		{name: "a success with a body, of which one in sixteen costs two", status: 200, body: io.NopCloser(strings.NewReader(""))},
		{name: "a 404", status: 404, body: http.NoBody},
		{name: "a failure that does not open", status: 500, body: http.NoBody, opts: []breaker.Option{breaker.WithMinRequests(100_000)}},
		{name: "an error that does not open", err: io.ErrUnexpectedEOF, opts: []breaker.Option{breaker.WithMinRequests(100_000)}},
		{name: "a rejection", status: 500, body: http.NoBody, opts: []breaker.Option{breaker.WithMinRequests(1), breaker.WithOpenFor(1<<40, 1<<40)}},
		{name: "a rejection with an observer", status: 500, body: http.NoBody, opts: []breaker.Option{quiet, breaker.WithMinRequests(1), breaker.WithOpenFor(1<<40, 1<<40)}},
	} {
		for _, in := range []struct {
			name  string
			fleet peer.Fleet
		}{{"alone", nil}, {"in a fleet", silent{}}} {
			t.Run(tt.name+", "+in.name, func(t *testing.T) {
				rt := newBreaker(t, append(tt.opts, breaker.WithFleet(in.fleet))...).Wrap(base)
				resp.StatusCode, body, err = tt.status, tt.body, tt.err
				if got := testing.AllocsPerRun(2000, func() { _, _ = rt.RoundTrip(req) }); got > tt.want {
					t.Errorf("got %v allocations, want %v", got, tt.want)
				}
			})
		}
	}
}

// A rejection for the want of a lease costs no more than any other.
//
//nolint:paralleltest // what others allocate must not be counted
func TestAllocations_WithoutLease(t *testing.T) {
	f := &keeper{}
	rt := newBreaker(t, breaker.WithFleet(f)).Wrap(status(502))
	req := get(t.Context(), url)
	_, _ = rt.RoundTrip(req)
	f.circuits.Open(url, peer.Verdict{Valid: time.Minute})
	<-time.NewTimer(2 * time.Millisecond).C
	if got := testing.AllocsPerRun(2000, func() { _, _ = rt.RoundTrip(req) }); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
	if f.wanted.Load() == 0 {
		t.Error("got no lease wanted, want that rejections were for the want of one")
	}
}

// BenchmarkRoundTrip is the path of a healthy call, and what a fleet adds to it.
func BenchmarkRoundTrip(b *testing.B) {
	resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	req := get(b.Context(), url)
	for _, in := range []struct {
		name  string
		fleet peer.Fleet
	}{{"alone", nil}, {"fleet", silent{}}} {
		b.Run(in.name, func(b *testing.B) {
			l, err := breaker.New(breaker.WithFleet(in.fleet))
			if err != nil {
				b.Fatal(err)
			}
			rt := l.Wrap(base)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rt.RoundTrip(req)
			}
		})
	}
}

// silent is a fleet that hears and says nothing.
type silent struct{}

var _ peer.CircuitLink = silent{}

func (silent) ShareCircuits(peer.Circuits) peer.CircuitLink    { return silent{} } //nolint:ireturn // as the interface wants it
func (silent) ShareCoolDowns(peer.CoolDowns) peer.CoolDownLink { return nil }      //nolint:ireturn // as the interface wants it
func (silent) Failing(string, time.Duration)                   {}
func (silent) Working(string)                                  {}
func (silent) Opened(string, time.Duration)                    {}
func (silent) ProbeFailed(string, time.Duration)               {}
func (silent) ProbeWorked(string)                              {}
func (silent) Closed(string)                                   {}
func (silent) Wanted(string)                                   {}
func (silent) Known(string) (peer.Verdict, bool)               { return peer.Verdict{}, false }

// keeper is one that keeps the circuits, and counts how often it is wanted.
type keeper struct {
	silent
	circuits peer.Circuits
	wanted   atomic.Int64
}

func (k *keeper) ShareCircuits(c peer.Circuits) peer.CircuitLink { //nolint:ireturn // as the interface wants it
	k.circuits = c
	return k
}

func (k *keeper) Wanted(string) { k.wanted.Add(1) }
