// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build !race

package fleet_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/transport"
)

// ok is a base that costs nothing.
type ok struct{ resp http.Response }

func (o *ok) RoundTrip(*http.Request) (*http.Response, error) { return &o.resp, nil }

// A healthy call in a fleet allocates nothing.
func TestAllocs_HealthyCall(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	f, err := fleet.NewWith(fleettest.NewServer().Engine(), fleet.WithReconcileEvery(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stack, err := transport.New(&ok{http.Response{StatusCode: http.StatusOK, Body: http.NoBody}}, transport.WithFleet(f))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(2000, func() { _, _ = stack.RoundTrip(req) }); got != 0 {
		t.Errorf("a call allocates %v times", got)
	}
}

// What a host that fails has told of it again and again allocates nothing either:
// it is queued already, or not yet to be repeated.
func TestAllocs_Telling(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	engine := fleettest.NewServer().Engine()
	engine.Silence()
	f, err := fleet.NewWith(engine, fleet.WithReconcileEvery(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	link := f.ShareCircuits(&breakers{})
	for name, tell := range map[string]func(){
		"Failing": func() { link.Failing(host, time.Second) },
		"Wanted":  func() { link.Wanted(host) },
		"Known":   func() { link.Known(host) },
		"Opened":  func() { link.Opened(host, time.Second) },
	} {
		tell()
		if got := testing.AllocsPerRun(2000, tell); got != 0 {
			t.Errorf("%s allocates %v times", name, got)
		}
	}
}

func BenchmarkHealthyCall(b *testing.B) {
	f, err := fleet.NewWith(fleettest.NewServer().Engine())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for name, opts := range map[string][]transport.Option{"alone": nil, "in a fleet": {transport.WithFleet(f)}} {
		b.Run(name, func(b *testing.B) {
			stack, err := transport.New(&ok{http.Response{StatusCode: http.StatusOK, Body: http.NoBody}}, opts...)
			if err != nil {
				b.Fatal(err)
			}
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, host, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = stack.RoundTrip(req)
			}
		})
	}
}

func BenchmarkFailing(b *testing.B) {
	f, err := fleet.NewWith(fleettest.NewServer().Engine())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	link := f.ShareCircuits(&breakers{})
	b.ReportAllocs()
	for b.Loop() {
		link.Failing(host, time.Millisecond)
	}
}
