// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/surefoot-go/surefoot/observe"
)

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestPage_ACallThatGoesWellAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	stack := newStack(t, fixed{})
	p := newPage(t, stack)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(1000, func() { _, _ = stack.RoundTrip(req) }); got != 0 {
		t.Errorf("got %v allocations through a whole stack, want none", got)
	}
	if got := report(t, p, "").Totals.Recent.Succeeded; got != 1001 {
		t.Errorf("got %d attempts, want all", got)
	}
	for name, e := range map[string]observe.Event{
		"a success": finished("https://a.test", 200), "a failure": finished("https://a.test", 503), "a repeat": rejected("https://a.test"),
		"the end of a call": {Kind: observe.CallFinished},
	} {
		if got := testing.AllocsPerRun(1000, func() { p.Tell(e) }); got > 0.01 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}

// fixed gives one answer.
type fixed struct{}

// answer is read-only, but for its request.
var answer = &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}

func (fixed) RoundTrip(*http.Request) (*http.Response, error) { return answer, nil }

func BenchmarkPage_Attempt(b *testing.B) {
	p := newPage(b, nil)
	e := finished("https://a.test", 200)
	b.ReportAllocs()
	for b.Loop() {
		p.Tell(e)
	}
}

func BenchmarkPage_Repeat(b *testing.B) {
	p := newPage(b, nil)
	e := rejected("https://a.test")
	b.ReportAllocs()
	for b.Loop() {
		p.Tell(e)
	}
}

// What it costs a call that its stack is watched.
func BenchmarkPage_Stack(b *testing.B) {
	for _, watched := range []bool{false, true} {
		b.Run("watched="+strconv.FormatBool(watched), func(b *testing.B) {
			stack := newStack(b, fixed{})
			if watched {
				newPage(b, stack)
			}
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "https://a.test/", http.NoBody)
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
