// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/trip"
)

// A screen is what a program writes to while it runs.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// address returns where the status page is, once that is told.
func (s *screen) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, after, _ := strings.Cut(s.text.String(), "status page: ")
	at, _, _ := strings.Cut(after, "\n")
	return at
}

// look returns the report of a status page.
func look(t *testing.T, address string) (r status.Report) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"?format=json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	pool := &http.Transport{DisableKeepAlives: true}
	resp, err := pool.RoundTrip(req)
	if err != nil {
		t.Fatalf("got error %v, want the status page", err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestListen_ShowsTheRun(t *testing.T) {
	t.Parallel()
	var errs screen
	var seen status.Report
	var once sync.Once
	n := 0
	peep := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			if n++; n == 40 {
				once.Do(func() { seen = look(t, errs.address()) })
			}
			return next.RoundTrip(req)
		})
	}
	code := run(t.Context(), []string{"-count", "60", "-concurrency", "1", "-rate", "0", "-faults", "none", "-listen", "127.0.0.1:0"}, io.Discard, &errs, peep)
	if code != exitOK || len(seen.Keys) != 1 || seen.Totals.Recent.Succeeded < 39 || seen.Name != "cloudpayments" {
		t.Errorf("got exit code %d, report %+v, want the calls so far", code, seen.Totals)
	}
	var d net.Dialer
	if conn, err := d.DialContext(t.Context(), "tcp", strings.Trim(strings.TrimPrefix(errs.address(), "http:"), "/")); err == nil {
		_ = conn.Close()
		t.Error("got the status page after the run, want it gone")
	}
}

func TestListen_TellsOfABadAddress(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-listen", "nowhere:x"}, {"-serve", "-listen", "nowhere:x"}} {
		var errs bytes.Buffer
		if code := run(t.Context(), args, io.Discard, &errs, nil); code != exitBroken || !strings.Contains(errs.String(), "serve the status page") {
			t.Errorf("%v: got exit code %d, stderr %q", args, code, &errs)
		}
	}
}

func TestServe_RunsUntilAnInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs screen
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"-serve", "-listen", "127.0.0.1:0"}, io.Discard, &errs, nil) }()
	deadline := time.Now().Add(20 * time.Second)
	var r status.Report
	for len(r.Keys) < len(hosts) || r.Totals.Recent.Failed == 0 || r.Totals.Recent.Succeeded < 20 {
		if time.Now().After(deadline) {
			t.Fatalf("got %+v, want calls to all hosts, some of which fail", r.Totals)
		}
		_ = sleep(ctx, 20*time.Millisecond)
		if at := errs.address(); at != "" {
			r = look(t, at)
		}
	}
	cancel()
	if code := <-done; code != exitOK {
		t.Errorf("got exit code %d, want 0", code)
	}
}

func TestServe_PlaysItsPhases(t *testing.T) {
	t.Parallel()
	for _, p := range phases {
		if _, err := parseMix(p.mix); err != nil {
			t.Errorf("got error %v", err)
		}
	}
	s := &scene{first: 2}
	for n := range 2 * len(phases) {
		a := s.enter(n)
		if p := phases[(n+2)%len(phases)]; s.act.Load() != a || a.duration != p.duration || a.injector.overloaded.Load() != p.down {
			t.Errorf("got act %d of %s, want %+v", n, a.duration, p)
		}
	}
}

func TestServe_Flags(t *testing.T) {
	t.Parallel()
	cfg, err := parseFlags([]string{"-serve"}, io.Discard)
	if err != nil || cfg.listen != defaultListen {
		t.Errorf("got %+v, %v, want the page on %s", cfg, err, defaultListen)
	}
	for _, args := range [][]string{{"-serve", "-json"}, {"-serve", "-url", "http://a.test"}} {
		if _, err := parseFlags(args, io.Discard); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
}
