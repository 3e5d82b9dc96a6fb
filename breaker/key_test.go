// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

func TestKey_AnotherHostIsUntouched(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, target string
		shared       bool
	}{
		{"another host", "https://other.example.com/", false},
		{"another port", "https://api.example.com:8443/", false},
		{"another scheme", "http://api.example.com/", false},
		{"a host within", "https://eu.api.example.com/", false},
		{"another path", "https://api.example.com/v2?x=y", true},
		{"the same port, written out", "https://api.example.com:443/", true},
		{"with a user", "https://user:secret@api.example.com/", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := &host{}
			_, rt := tripped(t, h)
			if _, err := send(rt, tt.target); errors.Is(err, breaker.ErrOpen) != tt.shared {
				t.Errorf("got error %v, want a rejection: %v", err, tt.shared)
			}
		})
	}
}

// One host of three is down: those who call the other two notice nothing.
func TestKey_OneOfThreeDown(t *testing.T) {
	t.Parallel()
	b := newBreaker(t)
	rt := b.Wrap(http.RoundTripper(roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Host == "b" {
			return status(http.StatusBadGateway)(req)
		}
		return status(http.StatusOK)(req)
	})))
	for range 100 {
		for _, target := range []string{"http://c", "http://b", "http://a"} {
			if _, err := send(rt, target); err != nil && target != "http://b" {
				t.Fatalf("got error %v from %s, want none", err, target)
			}
		}
	}
	all := b.Snapshot()
	if len(all) != 3 || all[0].Key != "http://a" || all[1].Key != "http://b" || all[2].Key != "http://c" {
		t.Fatalf("got %v, want three circuits in order", all)
	}
	if all[0].State != breaker.Closed || all[1].State != breaker.Open || all[2].State != breaker.Closed {
		t.Errorf("got %v, want only b open", all)
	}
	if all[0].Successes != 100 || all[0].TotalSuccesses != 100 || all[1].TotalFailures != 20 || all[1].Rejected != 80 {
		t.Errorf("got %v, want 100 successes of a, and of b 20 failures and 80 rejected", all)
	}
}

// roundTripper is a RoundTripper from elsewhere.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestKey_OfTheUser(t *testing.T) {
	t.Parallel()
	b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithKey(func(req *http.Request) string {
		return req.Method + " " + req.URL.Path + "://"
	}))
	rt := b.Wrap(status(http.StatusBadGateway))
	if _, err := send(rt, "http://a/x"); err != nil {
		t.Fatal(err)
	}
	if _, err := send(rt, "http://b/x"); !errors.Is(err, breaker.ErrOpen) {
		t.Errorf("got error %v, want a rejection of the same key", err)
	}
	if _, err := send(rt, "http://a/y"); err != nil {
		t.Errorf("got error %v, want another key untouched", err)
	}
	if got := b.State("GET /x://"); got != breaker.Open {
		t.Errorf("got %s, want open", got)
	}
	if got := b.State("GET /z://"); got != breaker.Closed {
		t.Errorf("got %s for a key that is not known, want closed", got)
	}
}

func TestKey_LongOnesAreCut(t *testing.T) {
	t.Parallel()
	b := newBreaker(t, breaker.WithKey(func(req *http.Request) string {
		return strings.Repeat("k", 1000)
	}))
	sendN(b.Wrap(status(http.StatusOK)), 1)
	if got := circuit(t, b).Key; len(got) != 512 {
		t.Errorf("got a key of %d bytes, want 512", len(got))
	}
}

func TestKey_SnapshotOfNothing(t *testing.T) {
	t.Parallel()
	b := newBreaker(t)
	if got := b.Snapshot(); got == nil || len(got) != 0 {
		t.Errorf("got %v, want an empty slice", got)
	}
	if got := b.State(url); got != breaker.Closed {
		t.Errorf("got %s, want closed", got)
	}
	if got := b.Snapshot(); len(got) != 0 {
		t.Errorf("got %v, want asking for a state to make no circuit", got)
	}
}

func target(i int) string { return fmt.Sprintf("https://host-%d.example.com", i) }

// However many hosts there are, no more than the bound are kept, and one that
// is open is.
func TestMaxKeys_OpenOnesStay(t *testing.T) {
	t.Parallel()
	const limit = 100
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h, breaker.WithMaxKeys(limit))
		for i := range 10_000 {
			if _, err := send(rt, target(i)); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(b.Snapshot()); n != limit {
			t.Errorf("got %d circuits, want %d", n, limit)
		}
		wantState(t, b, breaker.Open)
		rejected(t, rt)
		pass(time.Second) // its time is over, and nobody has asked yet
		for i := range 1000 {
			_, _ = send(rt, target(i))
		}
		wantState(t, b, breaker.Open)
		sendN(rt, 1)
		for i := range 1000 {
			_, _ = send(rt, target(i))
		}
		wantState(t, b, breaker.HalfOpen)
	})
}

// A probe may go long after the open time is over, where nobody has called.
func TestMaxKeys_TheOneWithAProbeUnderWayStays(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h, breaker.WithMaxKeys(2))
		pass(time.Hour)
		h.now(after(time.Minute, status(http.StatusBadGateway)))
		go sendN(rt, 1)
		synctest.Wait()
		sent := h.requests()
		others := b.Wrap(&host{reply: status(http.StatusOK)})
		for range 2 {
			for i := range 10 {
				_, _ = send(others, target(i))
			}
			if e := rejected(t, rt); e.State != breaker.HalfOpen || h.requests() != sent {
				t.Errorf("got %+v and %d more sent, want the probe waited for", e, h.requests()-sent)
			}
			pass(breaker.DefaultWindow - 1)
		}
	})
}

// A host that nobody asks for any more gives its place up, although its
// circuit is open: nothing else would ever close it.
func TestMaxKeys_ForgottenOnesGo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h, breaker.WithMaxKeys(2))
		pass(breaker.DefaultOpenFor + breaker.DefaultWindow)
		for i := range 10 {
			_, _ = send(rt, target(i))
		}
		for _, c := range b.Snapshot() {
			if c.Key == url {
				t.Errorf("got %v still there, want it gone", c)
			}
		}
	})
}

// Where all circuits are open, a new host does without one: it is sent to, and
// never rejected.
func TestMaxKeys_AllOpen(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, breaker.DefaultMaxKeys} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{reply: status(http.StatusBadGateway)}
				b := newBreaker(t, breaker.WithMaxKeys(limit), breaker.WithMinRequests(1))
				rt := b.Wrap(h)
				for i := range limit {
					_, _ = send(rt, target(i))
				}
				for range 50 {
					if _, err := send(rt, url); err != nil {
						t.Fatalf("got error %v, want the call sent", err)
					}
				}
				if got := len(b.Snapshot()); got != limit {
					t.Errorf("got %d circuits, want %d", got, limit)
				}
				for i := range limit {
					if got := b.State(target(i)); got != breaker.Open {
						t.Fatalf("got %s for host %d, want open", got, i)
					}
				}
				pass(time.Minute)
				sendN(rt, 1)
				wantState(t, b, breaker.Open)
			})
		})
	}
}
