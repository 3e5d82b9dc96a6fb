// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/trip"
)

func TestRoundTrip_HandsOverTheBetterAnswer(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	rejected := &breaker.OpenError{}
	rows := []struct {
		name     string
		first    step
		hedge    step
		want     int   // status, or 0
		err      error // or this
		at       time.Duration
		attempts int
		won      uint64
	}{
		{"an answer in time needs no hedge", after(99*ms, status(200)), status(200), 200, nil, 99 * ms, 1, 0},
		{"an error in time is handed over", after(50*ms, fails(errReset)), status(200), 0, errReset, 50 * ms, 1, 0},
		{"a 503 in time is handed over", after(50*ms, status(503)), status(200), 503, nil, 50 * ms, 1, 0},
		{"the hedge wins if it is faster", after(time.Hour, status(200)), after(10*ms, status(201)), 201, nil, 110 * ms, 2, 1},
		{"the first wins if it is faster", after(150*ms, status(200)), after(time.Hour, status(201)), 200, nil, 150 * ms, 2, 0},
		{"the hedge wins over one that hangs", hangs, status(200), 200, nil, 100 * ms, 2, 1},
		{"the hedge's 404 is an answer", hangs, status(404), 404, nil, 100 * ms, 2, 1},
		{"the first's 404 is an answer", after(150*ms, status(404)), hangs, 404, nil, 150 * ms, 2, 0},
		{"a redirect is an answer", hangs, status(302), 302, nil, 100 * ms, 2, 1},
		{"a fast error does not beat a slow success", after(time.Second, status(200)), fails(errReset), 200, nil, time.Second, 2, 0},
		{"a fast 503 does not beat a slow success", after(time.Second, status(200)), status(503), 200, nil, time.Second, 2, 0},
		{"a fast 429 does not beat a slow success", after(time.Second, status(200)), status(429), 200, nil, time.Second, 2, 0},
		{"nor if they come from the first", after(150*ms, status(503)), after(time.Second, status(200)), 200, nil, 1100 * ms, 2, 1},
		{"nor if it is an error", after(150*ms, fails(errReset)), after(time.Second, status(200)), 200, nil, 1100 * ms, 2, 1},
		{"a rejected hedge beats nothing", after(time.Second, status(200)), fails(rejected), 200, nil, time.Second, 2, 0},
		{"of two errors the first attempt's", after(150*ms, fails(errReset)), after(time.Second, fails(rejected)), 0, errReset, 1100 * ms, 2, 0},
		{"whichever came first", after(2*time.Second, fails(errReset)), fails(rejected), 0, errReset, 2 * time.Second, 2, 0},
		{"of a 503 and an error the first attempt's", after(150*ms, status(503)), after(time.Second, fails(errReset)), 503, nil, 1100 * ms, 2, 0},
		{"of an error and a 503 the first attempt's", after(time.Second, fails(errReset)), status(503), 0, errReset, time.Second, 2, 0},
		{"of two 5XX the first attempt's", after(time.Second, status(502)), status(503), 502, nil, time.Second, 2, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base := newHost(row.first, row.hedge)
				h := newHedger(t, hedge.WithDelay(delay))
				start := time.Now()
				got, body, err := send(t, h.Wrap(base), get(t))
				if at := time.Since(start); got != row.want || !errors.Is(err, row.err) || at != row.at {
					t.Errorf("got status %d and error %v after %s, want %d and %v after %s", got, err, at, row.want, row.err, row.at)
				}
				if err == nil && body != "body of "+http.StatusText(row.want) {
					t.Errorf("got body %q, want all of the winner's", body)
				}
				settle(time.Minute)
				for i, a := range wantAttempts(t, base, row.attempts) {
					if a.hedge != (i == 1) {
						t.Errorf("got %t from Is for attempt %d, want it for the second only", a.hedge, i+1)
					}
					if a.spy != nil && a.spy.closed.Load() != 1 {
						t.Errorf("got the body of attempt %d closed %d times, want once", i+1, a.spy.closed.Load())
					}
					if a.ctx.Err() == nil {
						t.Errorf("got the context of attempt %d alive after all, want it released", i+1)
					}
				}
				want := hedge.Key{Key: "https://api.example.com", Delay: delay, Hedges: uint64(row.attempts - 1), Won: row.won}
				if got := only(t, h); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			})
		})
	}
}

func TestRoundTrip_CancelsTheLoser(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		steps []step
		loser int
	}{
		{"the first", []step{hangs, status(200)}, 0},
		{"the hedge", []step{after(2*delay, status(200)), hangs}, 1},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base := newHost(row.steps...)
				var verdict classify.Verdict
				var loserErr error
				rt := fixed(t, trip.Func(func(req *http.Request) (*http.Response, error) {
					resp, err := base.RoundTrip(req)
					if err != nil {
						verdict, loserErr = classify.Default().Classify(req, resp, err), err
					}
					return resp, err
				}))
				wantStatus(t, rt, get(t), 200)
				synctest.Wait()
				ctx := wantAttempts(t, base, 2)[row.loser].ctx
				if !errors.Is(ctx.Err(), context.Canceled) || context.Cause(ctx) != hedge.ErrLost { //nolint:errorlint // the very same
					t.Errorf("got context with %v because of %v, want context.Canceled because of ErrLost", ctx.Err(), context.Cause(ctx))
				}
				if got := loserErr.Error(); got != "hedge: the other attempt was answered first" {
					t.Errorf("got error %q beneath, want one that says why", got)
				}
				if !errors.Is(loserErr, hedge.ErrLost) || !errors.Is(loserErr, context.Canceled) {
					t.Errorf("got error %v beneath, want one that matches ErrLost and context.Canceled", loserErr)
				}
				if want := (classify.Verdict{Reason: classify.ReasonCanceled}); verdict != want {
					t.Errorf("got verdict %+v beneath, want %+v", verdict, want)
				}
			})
		})
	}
}

// A circuit beneath must not take losers for failures.
func TestRoundTrip_LeavesTheCircuitAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		b, err := breaker.New(breaker.WithMinRequests(1), breaker.WithFailureRatio(0.01))
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			rt := fixed(t, b.Wrap(newHost(hangs, status(200))))
			wantStatus(t, rt, get(t), 200)
		}
		synctest.Wait()
		if got := b.Snapshot()[0]; got.TotalFailures != 0 || got.TotalSuccesses != 5 {
			t.Errorf("got %d failures and %d successes, want 0 and 5", got.TotalFailures, got.TotalSuccesses)
		}
	})
}

// The answer does not wait for a base that does not listen to its context.
func TestRoundTrip_DoesNotWaitForDeafLoser(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(deaf(time.Hour, status(200)), status(201))
		start := time.Now()
		wantStatus(t, fixed(t, base), get(t), 201)
		if got := time.Since(start); got != delay {
			t.Errorf("got the answer after %s, want %s", got, delay)
		}
		settle(2 * time.Hour)
		if got := wantAttempts(t, base, 2)[0].spy.closed.Load(); got != 1 {
			t.Errorf("got the late body closed %d times, want once", got)
		}
	})
}

func TestRoundTrip_EndsWithTheCaller(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	rows := []struct {
		name  string
		after time.Duration
		steps []step
		want  int // attempts
	}{
		{"before the hedge", delay / 2, []step{hangs}, 1},
		{"after it", 2 * delay, []step{hangs, hangs}, 2},
		{"while a hedge does not listen", 2 * delay, []step{hangs, deaf(time.Hour, status(200))}, 2},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				timer := time.AfterFunc(row.after, func() { cancel(cause) })
				defer timer.Stop()
				base := newHost(row.steps...)
				start := time.Now()
				_, _, err := send(t, fixed(t, base), newRequest(ctx, t, http.MethodGet))
				if got := time.Since(start); err != cause || got != row.after { //nolint:errorlint // the very same
					t.Errorf("got error %v after %s, want %v after %s", err, got, cause, row.after)
				}
				wantAttempts(t, base, row.want)
			})
		})
	}
}

// A caller may use its request again as soon as the call is over, when a loser
// may be reading its own still. The race detector watches.
func TestRoundTrip_SharesNothingThatTheCallerMayChange(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(deaf(time.Hour, func(a *attempt) (*http.Response, error) {
			if a.req.Header.Get("X-Call") != "1" || a.req.URL.Path != "/things" {
				t.Errorf("got %v of %s late in the attempt, want the first call's", a.req.Header, a.req.URL)
			}
			return nil, errReset
		}), status(200))
		rt := fixed(t, base)
		req := get(t)
		req.Header.Set("X-Call", "1")
		wantStatus(t, rt, req, 200)
		req.Header.Set("X-Call", "2")
		req.URL.Path = "/else"
		wantStatus(t, rt, req, 200)
		settle(2 * time.Hour)
	})
}

func TestRoundTrip_LeavesTheRequestAsItWas(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		type valueKey struct{}
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), valueKey{}, "value"), time.Hour)
		defer cancel()
		base := newHost(hangs, status(200))
		req := newRequest(ctx, t, http.MethodGet)
		req.Header.Set("X-Thing", "7")
		before := req.Clone(ctx)
		wantStatus(t, fixed(t, base), req, 200)
		if req.URL.String() != before.URL.String() || len(req.Header) != 1 || req.Header.Get("X-Thing") != "7" || req.Context() != ctx {
			t.Errorf("got %v, want it unchanged", req)
		}
		want, _ := ctx.Deadline()
		for i, a := range wantAttempts(t, base, 2) {
			if got, _ := a.ctx.Deadline(); a.ctx.Value(valueKey{}) != "value" || !got.Equal(want) {
				t.Errorf("got attempt %d without the caller's value or deadline, want both", i+1)
			}
			if a.req.Header.Get("X-Thing") != "7" || a.req.URL.String() != url || a.req.Host != req.Host {
				t.Errorf("got attempt %d as %v, want the caller's request", i+1, a.req)
			}
		}
	})
}
