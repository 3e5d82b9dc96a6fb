// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
)

const ms = time.Millisecond

// samples is how often a schedule at random is tried. That none of so many
// falls into the lowest or the highest fifth happens in fewer than one of
// 10^38 runs.
const samples = 400

// A span is where a wait has to be.
type span struct{ from, to time.Duration }

// wantSpans checks that the waits of many calls stay within their bounds and
// make use of them.
func wantSpans(t *testing.T, outcome step, want []span, opts ...retry.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		opts = append([]retry.Option{retry.WithoutBudget()}, opts...)
		r := newRetrier(t, opts...)
		seen := make([]span, len(want))
		for range samples {
			base := play(outcome)
			_, _, _ = send(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet))
			waits := base.waits()
			if len(waits) != len(want) {
				t.Fatalf("got %d waits, want %d", len(waits), len(want))
			}
			for i, w := range waits {
				if seen[i].from == 0 || w < seen[i].from {
					seen[i].from = w
				}
				seen[i].to = max(seen[i].to, w)
			}
		}
		for i, w := range want {
			fifth := (w.to - w.from) / 5
			if seen[i].from < w.from || seen[i].to > w.to {
				t.Errorf("wait %d: got %v to %v, want within %v to %v", i+1, seen[i].from, seen[i].to, w.from, w.to)
			}
			if seen[i].from > w.from+fifth || seen[i].to < w.to-fifth {
				t.Errorf("wait %d: got %v to %v, want spread over %v to %v", i+1, seen[i].from, seen[i].to, w.from, w.to)
			}
		}
	})
}

func TestSchedule_Waits(t *testing.T) {
	t.Parallel()
	unavailable, throttled := status(http.StatusServiceUnavailable), status(http.StatusTooManyRequests)
	tests := []struct {
		name    string
		outcome step
		opts    []retry.Option
		want    []span
	}{
		{
			"the defaults", unavailable, nil,
			[]span{{125 * ms / 2, 375 * ms / 2}, {125 * ms, 375 * ms}, {250 * ms, 750 * ms}},
		},
		{
			"errors wait as answers do", fail(errReset), nil,
			[]span{{125 * ms / 2, 375 * ms / 2}, {125 * ms, 375 * ms}, {250 * ms, 750 * ms}},
		},
		{
			"throttled answers wait ten times as long", throttled, nil,
			[]span{{500 * ms, 1500 * ms}, {1000 * ms, 3000 * ms}, {2000 * ms, 6000 * ms}},
		},
		{
			"503 with a Retry-After is throttled", status(http.StatusServiceUnavailable, "Retry-After", "0"), nil,
			[]span{{500 * ms, 1500 * ms}, {1000 * ms, 3000 * ms}, {2000 * ms, 6000 * ms}},
		},
		{
			"a long initial wait is not lengthened when throttled", throttled,
			[]retry.Option{retry.WithBackoff(2*time.Second, time.Minute), retry.WithMaxAttempts(2)},
			[]span{{1000 * ms, 3000 * ms}},
		},
		{
			"the limit holds with jitter", unavailable,
			[]retry.Option{retry.WithBackoff(time.Second, 3*time.Second), retry.WithMaxAttempts(6)},
			[]span{{500 * ms, 1500 * ms}, {1000 * ms, 3000 * ms}, {1000 * ms, 3000 * ms}, {1000 * ms, 3000 * ms}, {1000 * ms, 3000 * ms}},
		},
		{
			"the limit holds for throttled answers", throttled,
			[]retry.Option{retry.WithBackoff(100*ms, 600*ms), retry.WithMaxAttempts(3)},
			[]span{{200 * ms, 600 * ms}, {200 * ms, 600 * ms}},
		},
		{
			"throttled answers wait as long after the shortest initial wait", throttled,
			[]retry.Option{retry.WithBackoff(1, time.Minute), retry.WithMaxAttempts(3)},
			[]span{{500 * ms, 1500 * ms}, {1000 * ms, 3000 * ms}},
		},
		{
			"an initial wait at the limit", unavailable,
			[]retry.Option{retry.WithBackoff(3*time.Second, 3*time.Second), retry.WithMaxAttempts(3)},
			[]span{{1000 * ms, 3000 * ms}, {1000 * ms, 3000 * ms}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantSpans(t, tt.outcome, tt.want, tt.opts...)
		})
	}
}

// Clients that have all reached the limit must not come back as one.
func TestSchedule_SpreadsWaitsAtLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, outcome := range []step{status(http.StatusServiceUnavailable), status(http.StatusTooManyRequests)} {
			r := newRetrier(t, retry.WithBackoff(time.Second, time.Second), retry.WithMaxAttempts(2), retry.WithoutBudget())
			same := map[time.Duration]int{}
			for range samples {
				base := play(outcome)
				_, _, _ = send(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet))
				same[base.waits()[0]]++
			}
			for wait, n := range same {
				if n > samples/20 {
					t.Errorf("got a wait of %v in %d of %d calls, want them spread", wait, n, samples)
				}
			}
		}
	})
}

func TestSchedule_ExtremesDoNotOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, code := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
			for _, bounds := range []span{{1, 1}, {1, 24 * time.Hour}, {24 * time.Hour, 24 * time.Hour}} {
				base := play(status(code))
				r := newRetrier(t, retry.WithBackoff(bounds.from, bounds.to), retry.WithMaxAttempts(100), retry.WithoutBudget())
				_, _, _ = send(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet))
				wantCount(t, base, 100)
				least := min(bounds.from/2, bounds.to/3)
				if code == http.StatusTooManyRequests {
					least = min(max(500*ms, bounds.from/2), bounds.to/3)
				}
				for i, w := range base.waits() {
					if w < least || w > bounds.to {
						t.Errorf("status %d, %v: got wait %d of %v, want it from %v to the limit", code, bounds, i+1, w, least)
					}
				}
			}
		}
	})
}

// fixed is a policy with given waits, and then Stop.
type fixed struct {
	waits []time.Duration
	next  int // unguarded, so that the race detector sees a policy that is shared
}

func (f *fixed) Reset() {}

func (f *fixed) NextBackOff() time.Duration {
	f.next++
	if f.next > len(f.waits) {
		return backoff.Stop
	}
	return f.waits[f.next-1]
}

func TestWithSchedule_SetsWaits(t *testing.T) {
	t.Parallel()
	policy := func(waits ...time.Duration) func() backoff.BackOff {
		return func() backoff.BackOff { return &fixed{waits: waits} }
	}
	tests := []struct {
		name    string
		policy  func() backoff.BackOff
		outcome step
		want    []time.Duration
		reason  observe.Reason
	}{
		{"as it says", policy(time.Second, 2*time.Second, 5*time.Second), fail(errReset), []time.Duration{time.Second, 2 * time.Second, 5 * time.Second}, observe.ReasonMaxAttempts},
		{"Stop ends it", policy(time.Second), fail(errReset), []time.Duration{time.Second}, observe.ReasonSchedule},
		{"Stop at once", policy(), fail(errReset), nil, observe.ReasonSchedule},
		{"a nil policy ends it", func() backoff.BackOff { return nil }, fail(errReset), nil, observe.ReasonSchedule},
		{"a wait of zero is none", policy(0, 0, 0), fail(errReset), []time.Duration{0, 0, 0}, observe.ReasonMaxAttempts},
		{"a negative wait is none", policy(-5, -time.Hour, math.MinInt64), fail(errReset), []time.Duration{0, 0, 0}, observe.ReasonMaxAttempts},
		{"throttled answers too", policy(time.Second), status(http.StatusTooManyRequests), []time.Duration{time.Second}, observe.ReasonSchedule},
		{"a policy of package backoff", func() backoff.BackOff {
			return backoff.WithMaxRetries(backoff.NewConstantBackOff(3*time.Second), 2)
		}, fail(errReset), []time.Duration{3 * time.Second, 3 * time.Second}, observe.ReasonSchedule},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base, rec := play(tt.outcome), new(recorder)
				r := newRetrier(t, retry.WithSchedule(tt.policy), retry.WithObserver(rec))
				for range 2 { // each call has a policy of its own
					base.attempts, rec.events = nil, nil
					_, _, _ = send(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet))
					got := base.waits()
					if len(got) != len(tt.want) {
						t.Fatalf("got waits %v, want %v", got, tt.want)
					}
					for i := range got {
						if got[i] != tt.want[i] {
							t.Errorf("got waits %v, want %v", got, tt.want)
						}
					}
					wantReason(t, rec, tt.reason)
				}
			})
		})
	}
}

// Run with the race detector, this fails if two calls share a policy.
func TestWithSchedule_SharesNoPolicy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		made := make(chan struct{}, 100)
		custom := retry.WithSchedule(func() backoff.BackOff {
			made <- struct{}{}
			return &fixed{waits: []time.Duration{time.Second, time.Second, time.Second}}
		})
		for _, opts := range [][]retry.Option{{custom}, nil} {
			rt := newRetrier(t, append(opts, retry.WithoutBudget())...).Wrap(play(fail(errReset)))
			var calls sync.WaitGroup
			for range 10 {
				calls.Go(func() { _, _, _ = send(t, rt, newRequest(t.Context(), t, http.MethodGet)) })
			}
			calls.Wait()
		}
		if got := len(made); got != 10 {
			t.Errorf("got %d policies for 10 calls, want 10", got)
		}
		rt := newRetrier(t, custom).Wrap(play(status(http.StatusOK)))
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		if got := len(made); got != 10 {
			t.Error("got a policy for a call without a retry, want none")
		}
	})
}

func TestRetryAfter_IsMinimum(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		date := now.Format(http.TimeFormat)
		clock := now.Add(72 * time.Hour) // a server whose clock is wrong
		type want = span
		tests := []struct {
			name   string
			header []string
			want   span
		}{
			{"in seconds", []string{"Retry-After", "5"}, want{5000 * ms, 5500 * ms}},
			{"a tenth is added at most", []string{"Retry-After", "2"}, want{2000 * ms, 2200 * ms}},
			{"a second is added at most", []string{"Retry-After", "60"}, want{60 * time.Second, 61 * time.Second}},
			{"a date", []string{"Date", date, "Retry-After", now.Add(10 * time.Second).Format(http.TimeFormat)}, want{10 * time.Second, 11 * time.Second}},
			{"a date by the server's clock", []string{"Date", clock.Format(http.TimeFormat), "Retry-After", clock.Add(10 * time.Second).Format(http.TimeFormat)}, want{10 * time.Second, 11 * time.Second}},
			{"a date of RFC 850", []string{"Date", date, "Retry-After", now.Add(10 * time.Second).Format("Monday, 02-Jan-06 15:04:05 GMT")}, want{10 * time.Second, 11 * time.Second}},
			{"a date that has passed", []string{"Date", date, "Retry-After", now.Add(-time.Hour).Format(http.TimeFormat)}, want{500 * ms, 1500 * ms}},
			{"zero", []string{"Retry-After", "0"}, want{500 * ms, 1500 * ms}},
		}
		for _, tt := range tests {
			r := newRetrier(t, retry.WithMaxAttempts(2), retry.WithoutBudget())
			got := span{from: math.MaxInt64}
			for range samples {
				base := play(status(http.StatusServiceUnavailable, tt.header...))
				wantStatus(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusServiceUnavailable)
				if len(base.waits()) != 1 {
					t.Fatalf("%s: got %d waits, want 1", tt.name, len(base.waits()))
				}
				got.from, got.to = min(got.from, base.waits()[0]), max(got.to, base.waits()[0])
			}
			if got.from < tt.want.from || got.to > tt.want.to {
				t.Errorf("%s: got waits from %v to %v, want within %v to %v", tt.name, got.from, got.to, tt.want.from, tt.want.to)
			}
			if fifth := (tt.want.to - tt.want.from) / 5; got.from > tt.want.from+fifth || got.to < tt.want.to-fifth {
				t.Errorf("%s: got waits from %v to %v, want spread over %v to %v", tt.name, got.from, got.to, tt.want.from, tt.want.to)
			}
		}
	})
}

// Some servers ask for milliseconds of patience; then a little more does not
// mean nothing.
func TestRetryAfter_ShortOneIsSpread(t *testing.T) {
	t.Parallel()
	wantSpans(t, status(http.StatusServiceUnavailable, "Retry-After", "1"), []span{{1000 * ms, 1100 * ms}},
		retry.WithBackoff(1, 1), retry.WithMaxAttempts(2))
}

func TestRetryAfter_LongerThanLimitStopsAtOnce(t *testing.T) {
	t.Parallel()
	far := strconv.Itoa(math.MaxInt)
	tests := []struct {
		name, value string
		opts        []retry.Option
		want        int
	}{
		{"at the limit it is waited for", "60", nil, 2},
		{"a second over the limit", "61", nil, 1},
		{"years", "484289", nil, 1},
		{"more seconds than a duration holds", "9223372037", nil, 1},
		{"more than a number holds", far + far, nil, 1},
		{"a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", nil, 1},
		{"a limit of zero waits for none", "1", []retry.Option{retry.WithRetryAfterLimit(0)}, 1},
		{"but zero is no wait", "0", []retry.Option{retry.WithRetryAfterLimit(0)}, 2},
		{"a longer limit", "3600", []retry.Option{retry.WithRetryAfterLimit(time.Hour)}, 2},
		{"the longest limit", far, []retry.Option{retry.WithRetryAfterLimit(math.MaxInt64)}, 2},
		{"one that is malformed is ignored", "soon", nil, 2},
		{"one that is negative is ignored", "-5", nil, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base, rec := play(status(http.StatusServiceUnavailable, "Retry-After", tt.value), status(http.StatusOK)), new(recorder)
				start := time.Now()
				r := newRetrier(t, append(tt.opts, retry.WithObserver(rec))...)
				_, body, err := send(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet))
				if err != nil {
					t.Errorf("got error %v, want a response", err)
				}
				wantCount(t, base, tt.want)
				if tt.want == 1 {
					wantReason(t, rec, observe.ReasonRetryAfter)
					if took := time.Since(start); took != 0 || body != "answer Service Unavailable" {
						t.Errorf("got %q after %v, want the answer at once", body, took)
					}
				}
			})
		})
	}
}

// The wait is the longest there is, and what is added to it must not make it
// short.
func TestRetryAfter_DoesNotOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := contextWithTimeout(t, time.Hour)
		defer cancel()
		base, rec := play(status(http.StatusServiceUnavailable, "Retry-After", strconv.Itoa(math.MaxInt))), new(recorder)
		r := newRetrier(t, retry.WithRetryAfterLimit(math.MaxInt64), retry.WithObserver(rec))
		for range 20 { // what is added is at random
			rec.events = nil
			wantStatus(t, r.Wrap(base), newRequest(ctx, t, http.MethodGet), http.StatusServiceUnavailable)
			wantReason(t, rec, observe.ReasonDeadline)
		}
		wantCount(t, base, 20)
	})
}

// The wait that a 409 asks for counts although a 409 is final elsewhere.
func TestRetryAfter_CountsForAttemptInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		req := newPost(t.Context(), t, "charge")
		req.Header.Set("Idempotency-Key", "k1")
		base := play(fail(errReset), status(http.StatusConflict, "Retry-After", "7"), status(http.StatusCreated))
		wantStatus(t, newRetrier(t).Wrap(base), req, http.StatusCreated)
		if got := base.waits()[1]; got < 7*time.Second || got > 8*time.Second {
			t.Errorf("got a wait of %v, want 7s and a little more", got)
		}
		base = play(fail(errReset), status(http.StatusConflict, "Retry-After", "61"), status(http.StatusCreated))
		wantStatus(t, newRetrier(t).Wrap(base), req, http.StatusConflict)
	})
}

func TestDeadline_StopsBeforeWaitThatPassesIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		outcome step
		timeout time.Duration
		wait    time.Duration
		want    int
	}{
		{"the schedule's wait is longer", status(http.StatusServiceUnavailable), time.Second, 2 * time.Second, 1},
		{"the wait ends with the deadline", status(http.StatusServiceUnavailable), time.Second, time.Second, 1},
		{"the wait is just shorter", status(http.StatusServiceUnavailable), time.Second, time.Second - 1, 2},
		{"Retry-After is longer", status(http.StatusServiceUnavailable, "Retry-After", "60"), 500 * ms, 0, 1},
		{"an error is handed over as well", fail(errReset), time.Second, 2 * time.Second, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := contextWithTimeout(t, tt.timeout)
				defer cancel()
				base, rec := play(tt.outcome, status(http.StatusOK)), new(recorder)
				r := newRetrier(t, retry.WithObserver(rec), retry.WithSchedule(func() backoff.BackOff {
					return backoff.NewConstantBackOff(tt.wait)
				}))
				start := time.Now()
				resp, _, err := send(t, r.Wrap(base), newRequest(ctx, t, http.MethodGet))
				wantCount(t, base, tt.want)
				if tt.want > 1 {
					return
				}
				wantReason(t, rec, observe.ReasonDeadline)
				if took := time.Since(start); took != 0 {
					t.Errorf("got the outcome after %v, want it at once", took)
				}
				if err != errReset && (err != nil || resp.StatusCode != http.StatusServiceUnavailable) { //nolint:errorlint // unchanged means identical
					t.Errorf("got %v and %v, want what the last attempt gave", resp, err)
				}
			})
		})
	}
}

// http.Client.Timeout becomes the deadline of the request's context.
func TestDeadline_OfClientTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(status(http.StatusServiceUnavailable, "Retry-After", "60"))
		client := &http.Client{Transport: newRetrier(t).Wrap(base), Timeout: 30 * time.Second}
		start := time.Now()
		resp, err := client.Do(newRequest(t.Context(), t, http.MethodGet))
		if err != nil {
			t.Fatalf("got error %v, want the 503", err)
		}
		_ = resp.Body.Close()
		if took := time.Since(start); resp.StatusCode != http.StatusServiceUnavailable || took != 0 {
			t.Errorf("got status %d after %v, want 503 at once", resp.StatusCode, took)
		}
		wantCount(t, base, 1)
	})
}
