// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// short makes a storm of a second from second 1 on.
func short(t *testing.T, name string) storm.Scenario {
	t.Helper()
	s := scenario(t, name)
	s.Before, s.During, s.After, s.LongerBySeed = time.Second, time.Second, 4*time.Second, 0
	return s
}

func weather(t *testing.T, s storm.Scenario, build rivals.Build) storm.Result {
	t.Helper()
	r, err := storm.Run(t, s, 0, build)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func bare(base http.RoundTripper) (http.RoundTripper, error) { return base, nil }

// A client without luck of its own gives the same storm each time.
func TestRun_CanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"outage503", "hang", "brownout", "random503-50", "host-down-hang"} {
		s := short(t, name)
		one, again := weather(t, s, bare), weather(t, s, bare)
		one.Recovery, again.Recovery = zeroIfNaN(one.Recovery), zeroIfNaN(again.Recovery)
		one.OthersOK, again.OthersOK = zeroIfNaN(one.OthersOK), zeroIfNaN(again.OthersOK)
		if !reflect.DeepEqual(one, again) {
			t.Errorf("%s: got\n%+v and then\n%+v", name, one, again)
		}
		loop := storm.Find("naive loop").Build
		if a, b := weather(t, s, loop), weather(t, s, loop); !reflect.DeepEqual(a.Sent, b.Sent) {
			t.Errorf("%s: a loop without jitter sent %v and then %v", name, a.Sent, b.Sent)
		}
	}
}

func zeroIfNaN(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

func TestRun_DoesToABareClientWhatItSays(t *testing.T) {
	t.Parallel()
	rows := []struct {
		scenario    string
		least, most float64 // success in the period
		wasted      bool
	}{
		{scenario: "steady", least: 1, most: 1},
		{scenario: "outage503", least: 0, most: 0},
		{scenario: "refused", least: 0, most: 0},
		{scenario: "retry-after", least: 0, most: 0},
		{scenario: "hang", least: 0, most: 0.5, wasted: true},
		{scenario: "random503-50", least: 0.4, most: 0.6},
		{scenario: "host-down-503", least: 0.6, most: 0.73},
		{scenario: "tail", least: 1, most: 1},
	}
	for _, row := range rows {
		s := short(t, row.scenario)
		s.During = 3 * time.Second
		r := weather(t, s, bare)
		if r.InsideOK < row.least || r.InsideOK > row.most {
			t.Errorf("%s: got %.3f of the calls through, want %.2f to %.2f", row.scenario, r.InsideOK, row.least, row.most)
		}
		if (r.Wasted > 0) != row.wasted {
			t.Errorf("%s: got %.3f of the work wasted", row.scenario, r.Wasted)
		}
		if r.AttemptsEach != 1 || r.Rejected != 0 {
			t.Errorf("%s: got %v attempts a call and %v rejected, want 1 and none", row.scenario, r.AttemptsEach, r.Rejected)
		}
	}
}

// recorder notes what a client sees of the network.
type recorder struct {
	next http.RoundTripper

	mu       sync.Mutex
	errs     []error
	statuses map[int]int
	after    map[string]int
	took     time.Duration // of the slowest attempt
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := r.next.RoundTrip(req)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took = max(r.took, time.Since(began))
	if err != nil {
		r.errs = append(r.errs, err)
		return nil, err
	}
	r.statuses[resp.StatusCode]++
	if value := resp.Header.Get("Retry-After"); value != "" {
		r.after[value]++
	}
	return resp, nil
}

func record(t *testing.T, s storm.Scenario) *recorder {
	t.Helper()
	s.Clients = 1
	r := &recorder{statuses: map[int]int{}, after: map[string]int{}}
	weather(t, s, func(base http.RoundTripper) (http.RoundTripper, error) {
		r.next = base
		return r, nil
	})
	return r
}

func TestNetwork_AnswersAsItSays(t *testing.T) {
	t.Parallel()
	if r := record(t, short(t, "retry-after")); r.after["5"] == 0 || r.after["5"] != r.statuses[http.StatusServiceUnavailable] {
		t.Errorf("got %v and %v, want a Retry-After with each 503", r.statuses, r.after)
	}
	r := record(t, short(t, "refused"))
	if len(r.errs) == 0 {
		t.Fatal("got no error while nobody listens")
	}
	var dial *net.OpError
	if err := r.errs[0]; !errors.As(err, &dial) || dial.Op != "dial" || !strings.HasSuffix(err.Error(), "connect: connection refused") {
		t.Errorf("got %v", err)
	}
	r = record(t, short(t, "hang"))
	if len(r.errs) == 0 || r.took != time.Second {
		t.Errorf("got %d errors and attempts of up to %s, want errors after a second", len(r.errs), r.took)
	}
}

// The error of an attempt without an answer is that of net/http.
func TestNetwork_TimesOutAsNetHTTPDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, server) }()
		tr := &http.Transport{
			ResponseHeaderTimeout: time.Second,
			DialContext:           func(context.Context, string, string) (net.Conn, error) { return client, nil },
		}
		defer tr.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://a.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, want := tr.RoundTrip(req)
		if want == nil {
			resp.Body.Close()
			t.Fatal("got an answer")
		}
		type temporary interface{ Temporary() bool }
		var a, b net.Error
		if !errors.As(want, &a) || !errors.As(storm.ErrTimeout, &b) || a.Timeout() != b.Timeout() ||
			want.Error() != storm.ErrTimeout.Error() ||
			errors.Is(want, context.DeadlineExceeded) != errors.Is(storm.ErrTimeout, context.DeadlineExceeded) ||
			a.(temporary).Temporary() != b.(temporary).Temporary() {
			t.Errorf("got %v, want an error like %v", storm.ErrTimeout, want)
		}
	})
}

// A client that gives up leaves its request in the queue, and the work is done
// before that of others.
func TestNetwork_DoesWhatWasAbandoned(t *testing.T) {
	t.Parallel()
	s := short(t, "steady")
	s.Workers, s.Service, s.Load = 1, 100*time.Millisecond, [3]float64{2, 2, 2} // ten a second, and twice as many calls
	s.Queue = 1000
	patient := s
	patient.Timeout = patient.Deadline
	r := weather(t, s, bare)
	// After t seconds there is work for t more, so the queue is a second long at
	// once, and nobody gets an answer any more, however hard the server works.
	if r.InsideOK > 0.3 || r.Wasted < 0.5 {
		t.Errorf("got %.2f through and %.2f wasted, want hardly any and most", r.InsideOK, r.Wasted)
	}
	if p := weather(t, patient, bare); p.InsideOK != 1 || p.Wasted != 0 {
		t.Errorf("those who wait: got %.2f through and %.2f wasted, want all and none", p.InsideOK, p.Wasted)
	}
}

// waiter never comes back before the deadline of the call is over.
type waiter struct{ next http.RoundTripper }

func (w waiter) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	resp, err := w.next.RoundTrip(req)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return resp, errors.New("an attempt after the end of its call reached the network")
	}
	return nil, err
}

func TestNetwork_SendsNothingAfterTheDeadline(t *testing.T) {
	t.Parallel()
	r := weather(t, short(t, "steady"), func(base http.RoundTripper) (http.RoundTripper, error) { return waiter{base}, nil })
	if r.InsideOK != 0 || r.Attempts != 0 || r.Rejected != 1 {
		t.Errorf("got %v through, %v attempts, %v rejected, want 0, 0, 1", r.InsideOK, r.Attempts, r.Rejected)
	}
}

// What everybody knows of these four shows in a storm.
func TestRun_TellsThemApart(t *testing.T) {
	t.Parallel()
	s := short(t, "outage503")
	s.During = 8 * time.Second
	if r := weather(t, s, storm.Find("naive loop").Build); r.Attempts < 3.5 {
		t.Errorf("naive loop: got %.2f attempts ÷ calls, want nearly 4", r.Attempts)
	}
	if r := weather(t, s, storm.Find("failsafe: retry + breaker").Build); r.Attempts > 1 || r.Rejected < 0.3 {
		t.Errorf("breaker: got %.2f attempts ÷ calls and %.2f rejected", r.Attempts, r.Rejected)
	}
	if r := weather(t, s, storm.Find(storm.Surefoot).Build); r.Attempts > 1.5 || math.IsInf(r.Recovery, 1) {
		t.Errorf("surefoot: got %.2f attempts ÷ calls, recovery %v", r.Attempts, r.Recovery)
	}
	tail := short(t, "tail")
	tail.During = 10 * time.Second
	slow, hedged := weather(t, tail, bare), weather(t, tail, storm.Find("failsafe: hedge").Build)
	if hedged.P999 >= slow.P999 || hedged.AttemptsEach <= 1 || hedged.AttemptsEach > 1.1 {
		t.Errorf("hedges: got a p99.9 of %s, without %s, for %.3f attempts a call", hedged.P999, slow.P999, hedged.AttemptsEach)
	}
}
