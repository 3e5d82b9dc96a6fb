// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"errors"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// checkOne checks one clause.
func checkOne(t *testing.T, clause string, wrap trip.Middleware, opts ...triptest.Option) triptest.Result {
	t.Helper()
	results, err := triptest.Check(t, wrap, append(opts, triptest.Only(clause))...)
	if err != nil || len(results) != 1 {
		t.Fatalf("got %d results and error %v, want 1 and nil", len(results), err)
	}
	return results[0]
}

// wantFailure has a clause fail with a detail that says all of the words.
func wantFailure(t *testing.T, got triptest.Result, words ...string) {
	t.Helper()
	if got.Status != triptest.Failed {
		t.Errorf("got %v, want it to fail", got)
	}
	for _, word := range words {
		if !strings.Contains(got.Detail, word) {
			t.Errorf("got %v, want it to say %q", got, word)
		}
	}
}

func TestClauses_AreDocumented(t *testing.T) {
	t.Parallel()
	clauses := triptest.Clauses()
	if len(clauses) < 40 {
		t.Errorf("got %d clauses, want 40 or more", len(clauses))
	}
	name := regexp.MustCompile(`^[a-z-]+/[a-z0-9-]+$`)
	seen := map[string]bool{}
	for _, cl := range clauses {
		if !name.MatchString(cl.Name) || seen[cl.Name] {
			t.Errorf("got the name %q, want one of its own that matches %s", cl.Name, name)
		}
		seen[cl.Name] = true
		if cl.Source == "" || !strings.HasSuffix(cl.Doc, ".") {
			t.Errorf("%s: got source %q and sentence %q, want both", cl.Name, cl.Source, cl.Doc)
		}
	}
}

func TestCheck_HangOnLock(t *testing.T) {
	t.Parallel()
	got := checkOne(t, "request/host", func(http.RoundTripper) http.RoundTripper {
		var mu sync.Mutex
		return trip.Func(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			mu.Lock() // for ever, and no bubble can tell
			return nil, errors.New("unreachable")
		})
	}, triptest.Limit(50*time.Millisecond))
	wantFailure(t, got, "hangs", "check_test.go")
}

func TestCheck_HangOnChannel(t *testing.T) {
	t.Parallel()
	hang := wrapping(func(http.RoundTripper, *http.Request) (*http.Response, error) { select {} })
	wantFailure(t, checkOne(t, "request/host", hang), "hangs", "check_test.go")
	wantFailure(t, checkOne(t, "request/host", hang, triptest.RealClock(), triptest.Limit(50*time.Millisecond)), "hangs")
}

func TestCheck_SpinWithAttempts(t *testing.T) {
	t.Parallel()
	spin := wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		for {
			if resp, err := next.RoundTrip(req); err == nil {
				resp.Body.Close()
			}
		}
	})
	wantFailure(t, checkOne(t, "request/host", spin), "2000 attempts and goes on")
}

func TestCheck_SpinWithoutAttempts(t *testing.T) {
	t.Parallel()
	var stop atomic.Bool
	defer stop.Store(true)
	spin := wrapping(func(http.RoundTripper, *http.Request) (*http.Response, error) {
		for !stop.Load() {
			runtime.Gosched()
		}
		return nil, errors.New("stopped")
	})
	wantFailure(t, checkOne(t, "request/host", spin, triptest.Limit(50*time.Millisecond)), "spins")
}

func TestCheck_Panics(t *testing.T) {
	t.Parallel()
	panics := wrapping(func(http.RoundTripper, *http.Request) (*http.Response, error) { panic("oh") })
	wantFailure(t, checkOne(t, "request/host", panics), "panicked: oh", "check_test.go")
	building := func(http.RoundTripper) http.RoundTripper { panic("no") }
	wantFailure(t, checkOne(t, "request/host", building), "panic: no")
}

// A goroutine that ends early leaves nothing behind that could pass.
func TestCheck_Goexit(t *testing.T) {
	t.Parallel()
	exit := wrapping(func(http.RoundTripper, *http.Request) (*http.Response, error) {
		runtime.Goexit()
		return nil, errors.New("unreachable")
	})
	wantFailure(t, checkOne(t, "request/host", exit), "not checked")
	wantFailure(t, checkOne(t, "request/host", exit, triptest.RealClock()), "not checked")
}

func TestCheck_NilRoundTripper(t *testing.T) {
	t.Parallel()
	wantFailure(t, checkOne(t, "request/host", func(http.RoundTripper) http.RoundTripper { return nil }), "nil RoundTripper")
}

// A wrapper whose Close hangs, or panics, does not take the check with it.
type closer struct {
	http.RoundTripper
	close func()
}

func (c closer) Close() error { c.close(); return nil }

func TestCheck_CloseOfTheWrapper(t *testing.T) {
	t.Parallel()
	var closed atomic.Int64
	wrap := func(end func()) trip.Middleware {
		return func(next http.RoundTripper) http.RoundTripper { return closer{next, end} }
	}
	if got := checkOne(t, "request/host", wrap(func() { closed.Add(1) })); got.Status != triptest.Passed || closed.Load() != 1 {
		t.Errorf("got %v and %d calls of Close, want it to pass and 1", got, closed.Load())
	}
	if got := checkOne(t, "request/host", wrap(func() { select {} })); got.Status != triptest.Passed {
		t.Errorf("with a Close that hangs: got %v, want it to pass", got)
	}
	wantFailure(t, checkOne(t, "request/host", wrap(func() { panic("in Close") })), "in Close")
}

// A base that would panic on the wrapper's own goroutine does not.
func TestCheck_PanicElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		done := make(chan hedged)
		go func() {
			resp, err := next.RoundTrip(req)
			done <- hedged{resp, err}
		}()
		h := <-done
		return h.resp, h.err
	})
	for _, clause := range []string{"lifecycle/panic-propagates", "lifecycle/usable-after-panic"} {
		if got := checkOne(t, clause, elsewhere); got.Status != triptest.NotApplicable || got.Detail == "" {
			t.Errorf("got %v, want it not to apply, with a reason", got)
		}
	}
}

// A goroutine that lives as long as its wrapper is not held against a call.
func TestCheck_JanitorIsNoLeak(t *testing.T) {
	t.Parallel()
	janitor := func(next http.RoundTripper) http.RoundTripper {
		stop := make(chan struct{})
		go func() {
			tick := time.NewTicker(time.Minute)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
				case <-stop:
					return
				}
			}
		}()
		return closer{next, func() { close(stop) }}
	}
	if got := checkOne(t, "lifecycle/no-goroutine-left", janitor); got.Status != triptest.Passed {
		t.Errorf("got %v, want it to pass", got)
	}
}

func TestCheck_Only(t *testing.T) {
	t.Parallel()
	results, err := triptest.Check(t, identity, triptest.Only("request/host", "response/head"), nil)
	if err != nil || len(results) != 2 {
		t.Fatalf("got %d results and error %v, want 2 and nil", len(results), err)
	}
	for _, r := range results {
		if r.Status != triptest.Passed || r.Took <= 0 {
			t.Errorf("got %v after %v, want it to pass after a while", r, r.Took)
		}
	}
}

func TestCheck_Skip(t *testing.T) {
	t.Parallel()
	got := checkOne(t, "request/host", identity, triptest.Skip("request/host", "no reason at all"))
	if got.Status != triptest.Skipped || got.Detail != "no reason at all" {
		t.Errorf("got %v, want it skipped with its reason", got)
	}
}

func TestCheck_NilTestRunsOnTheRealClock(t *testing.T) {
	t.Parallel()
	results, err := triptest.Check(nil, identity, triptest.Only("request/host", "response/body-not-cut"))
	if err != nil || len(results) != 2 {
		t.Fatalf("got %d results and error %v, want 2 and nil", len(results), err)
	}
	if results[0].Status != triptest.Passed || results[1].Status != triptest.Skipped {
		t.Errorf("got %v, want one to pass and the other skipped", results)
	}
}

func TestCheck_BadOptions(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]triptest.Option{
		"Retries":        {triptest.Retries(1)},
		"RetriesMethods": {triptest.RetriesMethods()},
		"RetriesKeyed":   {triptest.RetriesKeyed()},
		"CircuitPerHost": {triptest.CircuitPerHost()},
		"TimesOut":       {triptest.TimesOut(0)},
		"AddsKeys":       {triptest.AddsKeys("")},
		"Composes":       {triptest.Composes(nil)},
		"Limit":          {triptest.Limit(-1)},
		"Only":           {triptest.Only("no/such")},
		"Skip":           {triptest.Skip("request/host", "")},
	} {
		results, err := triptest.Check(t, identity, opts...)
		var bad *triptest.ConfigError
		if results != nil || !errors.As(err, &bad) || bad.Option != name {
			t.Errorf("%s: got %d results and error %v, want a ConfigError for it", name, len(results), err)
		}
	}
	if _, err := triptest.Check(t, nil); err == nil {
		t.Error("no wrapper: got no error")
	}
	_, err := triptest.Check(t, identity, triptest.Retries(0), triptest.Skip("no/such", ""))
	if got := strings.Count(err.Error(), "triptest: "); got != 3 {
		t.Errorf("got %d mistakes in %q, want 3", got, err)
	}
}

func TestResult_String(t *testing.T) {
	t.Parallel()
	cl := triptest.Clause{Name: "a/b", Doc: "It works.", Source: "a book"}
	for want, r := range map[string]triptest.Result{
		"a/b: pass":                {Clause: cl, Status: triptest.Passed},
		"a/b: skip: why":           {Clause: cl, Status: triptest.Skipped, Detail: "why"},
		"a/b: not applicable: why": {Clause: cl, Status: triptest.NotApplicable, Detail: "why"},
		"a/b: status(9)":           {Clause: cl, Status: 9},
		"a/b: fail\n\tone\n\ttwo\n\tthe clause: It works.\n\tsource: a book": {Clause: cl, Status: triptest.Failed, Detail: "one\ntwo"},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
