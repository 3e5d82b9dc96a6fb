// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
)

// Gobreaker v2.4.0 calls back under its mutex, so a callback that asks for the
// state hangs. Our observer may ask, and send, whatever it is told of.
func TestTrap_ObserverMayCallBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		seen := &log{}
		var b *breaker.Breaker
		var rt http.RoundTripper
		depth := 0
		b, rt = tripped(t, h, breaker.WithObserver(observe.Func(func(e observe.Event) {
			seen.Observe(e)
			if b == nil || depth > 3 {
				return
			}
			depth++
			defer func() { depth-- }()
			_ = b.State(e.Key)
			_ = b.Snapshot()
			sendN(rt, 1)
			_, _ = send(rt, "https://other.example.com")
		})))
		sendN(rt, 1)
		pass(time.Second)
		h.now(brokenBody)
		sendN(rt, 1)
		pass(time.Second)
		h.now(status(http.StatusOK))
		sendN(rt, 5)
		wantState(t, b, breaker.Closed)
		wantAlternating(t, seen.changes())
	})
}

// Nor does one that panics or ends the goroutine leave anything locked.
func TestTrap_ObserverMayFail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fail func()
	}{
		{"panics", func() { panic("observer") }},
		{"ends the goroutine", runtime.Goexit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				h := &host{reply: status(http.StatusBadGateway)}
				b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithProbes(1),
					breaker.WithObserver(observe.Func(func(e observe.Event) { seen.Observe(e); tt.fail() })))
				rt := b.Wrap(h)
				call := func() {
					var wg sync.WaitGroup
					wg.Go(func() { sendN(rt, 1) })
					wg.Wait()
				}
				call()
				wantState(t, b, breaker.Open)
				call() // rejected
				pass(time.Second)
				h.now(status(http.StatusOK))
				call()
				call() // if the first ended before it was sent
				wantState(t, b, breaker.Closed)
				want := []observe.Kind{observe.CircuitOpened, observe.CircuitHalfOpened, observe.CircuitClosed}
				if got := seen.changes(); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("got %v, want %v", got, want)
				}
			})
		})
	}
}

// wantAlternating checks that changes are in an order in which a circuit can
// go through them.
func wantAlternating(t *testing.T, changes []observe.Kind) {
	t.Helper()
	from := map[observe.Kind][]observe.Kind{
		observe.CircuitOpened:     {observe.CircuitClosed, observe.CircuitHalfOpened},
		observe.CircuitHalfOpened: {observe.CircuitOpened},
		observe.CircuitClosed:     {observe.CircuitHalfOpened},
	}
	last := observe.CircuitClosed
	for i, kind := range changes {
		legal := false
		for _, k := range from[kind] {
			legal = legal || k == last
		}
		if !legal {
			t.Fatalf("change %d: got %s after %s", i, kind, last)
		}
		last = kind
	}
}
