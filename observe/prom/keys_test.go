// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/surefoot-go/surefoot/observe"
	surefootprom "github.com/surefoot-go/surefoot/observe/prom"
	"github.com/surefoot-go/surefoot/transport"
)

// keysOf returns the keys that calls are told for, sorted, and how many calls.
func keysOf(t *testing.T, c *surefootprom.Collector) (names []string, calls float64) {
	t.Helper()
	for _, m := range family(t, registry(t, c), "surefoot_calls_total") {
		for _, l := range m.GetLabel() {
			if l.GetName() == "key" {
				names = append(names, l.GetValue())
			}
		}
		calls += m.GetCounter().GetValue()
	}
	slices.Sort(names)
	return names, calls
}

func TestKeys_AreBounded(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2, 7, 100, surefootprom.DefaultMaxKeys} {
		c := collect(t, nil, surefootprom.WithMaxKeys(limit))
		for round := range 3 {
			for i := range 3*limit + round {
				c.Observe(well(observe.CallFinished, fmt.Sprint("host", i)))
			}
		}
		names, calls := keysOf(t, c)
		if len(names) != limit+1 || calls != float64(9*limit+3) {
			t.Errorf("got %d keys with %v calls, want %d and other, with all calls", len(names), calls, limit)
		}
		if !slices.Contains(names, "host0") || !slices.Contains(names, fmt.Sprint("host", limit-1)) || !slices.Contains(names, "other") {
			t.Errorf("got %v, want the first ones by name", names)
		}
	}
}

func TestKeys_AreBoundedUnderManyWriters(t *testing.T) {
	t.Parallel()
	const limit = 50
	c := collect(t, nil, surefootprom.WithMaxKeys(limit))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 4 * limit {
				c.Observe(well(observe.CallFinished, fmt.Sprint("host", i)))
			}
		})
	}
	all.Wait()
	if names, calls := keysOf(t, c); len(names) != limit+1 || calls != 8*4*limit {
		t.Errorf("got %d keys with %v calls, want %d and other, with all calls", len(names), calls, limit)
	}
}

func TestKeys_MayShareAName(t *testing.T) {
	t.Parallel()
	stack := build(t, answers(200), transport.WithKey(func(req *http.Request) string { return req.Header.Get("Key") }))
	c := collect(t, stack, surefootprom.WithMaxKeys(4))
	r := registry(t, c)
	for _, key := range []string{"other", "a\xff", "a\xfe", "b", "c", "d"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Key"] = []string{key}
		if _, err := stack.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	}
	closed := func(key string, n int) []string {
		return []string{
			fmt.Sprintf("calls_total{attempts=1,class=success,key=%s,outcome=2xx} %d", key, n),
			fmt.Sprintf("circuit_state{key=%s,state=closed} %d", key, n),
			fmt.Sprintf("circuit_state{key=%s,state=half_open} 0", key),
			fmt.Sprintf("circuit_state{key=%s,state=open} 0", key),
		}
	}
	same(t, series(t, r, "surefoot_calls_total", "surefoot_circuit_state"),
		slices.Concat(closed("other", 3), closed("a\uFFFD", 2), closed("b", 1))...)
}

func TestObserve_AllocatesNothingForWhatGoesWell(t *testing.T) { //nolint:paralleltest // counts allocations
	for _, limit := range []int{1, 100} { // of which one shares a name
		c := collect(t, nil, surefootprom.WithMaxKeys(limit))
		c.Observe(well(observe.AttemptFinished, "first"))
		attempt, call := well(observe.AttemptFinished, host), well(observe.CallFinished, host)
		got := testing.AllocsPerRun(1000, func() {
			observe.Emit(c, attempt)
			observe.Emit(c, call)
		})
		if got != 0 {
			t.Errorf("got %v allocations with at most %d keys, want none", got, limit)
		}
	}
}

func TestObserve_AllocatesNothingForARejection(t *testing.T) { //nolint:paralleltest // counts allocations
	c := collect(t, nil)
	e := event(observe.Rejected)
	e.Reason = observe.ReasonOpen
	if got := testing.AllocsPerRun(1000, func() { observe.Emit(c, e) }); got != 0 {
		t.Errorf("got %v allocations, want none: an outage has many", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, row := range []struct {
		name   string
		events []observe.Event
	}{
		{"CallThatGoesWell", []observe.Event{well(observe.AttemptFinished, host), well(observe.CallFinished, host)}},
		{"AttemptThatGoesWell", []observe.Event{well(observe.AttemptFinished, host)}},
		{"AttemptThatFails", []observe.Event{event(observe.AttemptFinished)}},
		{"Rejected", []observe.Event{event(observe.Rejected)}},
	} {
		b.Run(row.name, func(b *testing.B) {
			c := collect(b, nil)
			b.ReportAllocs()
			d := time.Millisecond
			for b.Loop() {
				for _, e := range row.events {
					e.Duration = d
					c.Observe(e)
				}
				if d += time.Microsecond; d > time.Second {
					d = time.Millisecond
				}
			}
		})
	}
}

func BenchmarkGather(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(n, "Keys"), func(b *testing.B) {
			stack := build(b, answers(200))
			c := collect(b, stack, surefootprom.WithMaxKeys(n))
			for i := range n {
				req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, fmt.Sprintf("https://host%d.example/", i), http.NoBody)
				_, _ = stack.RoundTrip(req)
			}
			r := prometheus.NewRegistry() // the pedantic one is slower
			r.MustRegister(c)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Gather(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
