// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

func TestForce_ReachesTheCircuits(t *testing.T) {
	t.Parallel()
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})
	send := func(rt http.RoundTripper) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.RoundTrip(req)
		return err
	}
	inner, err := transport.New(base)
	if err != nil {
		t.Fatal(err)
	}
	outer, err := transport.New(inner) // uses the circuits of inner
	if err != nil {
		t.Fatal(err)
	}
	const key = "https://example.com"
	if outer.ForceOpen(key) || outer.ForceClosed(key) || outer.Reset(key) {
		t.Error("got true for a key that was never asked for, want false")
	}
	for _, stack := range []*transport.Transport{inner, outer} {
		if err := send(stack); err != nil {
			t.Fatalf("got error %v, want none", err)
		}
		if !stack.ForceOpen(key) {
			t.Fatal("got false, want the circuit to be known")
		}
		if err := send(stack); !errors.Is(err, breaker.ErrOpen) {
			t.Errorf("got error %v, want a rejection", err)
		}
		if c := outer.Snapshot().Keys[0].Circuit; !c.Forced || c.State != breaker.Open {
			t.Errorf("got %+v, want it to show", c)
		}
		if !stack.ForceClosed(key) || send(stack) != nil {
			t.Error("got it still open, want it closed")
		}
		if !stack.Reset(key) || outer.Snapshot().Keys[0].Circuit.Forced {
			t.Error("got it still forced, want it left to itself")
		}
	}
}

func TestForce_WithoutCircuits(t *testing.T) {
	t.Parallel()
	stack, err := transport.New(nil, transport.WithoutBreaker())
	if err != nil {
		t.Fatal(err)
	}
	if stack.ForceOpen("") || stack.ForceClosed("") || stack.Reset("") {
		t.Error("got true, want false: there is no circuit")
	}
}
