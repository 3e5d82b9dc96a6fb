// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// to makes a request to a host.
func to(t *testing.T, host string) *http.Request {
	t.Helper()
	req := newRequest(t.Context(), t, http.MethodGet)
	req.URL.Host = host
	return req
}

// calls makes calls to a host until n attempts have failed or been answered,
// and returns the attempts that were made.
func callHost(t *testing.T, r *retry.Retrier, host string, n int, outcome step) int {
	t.Helper()
	base := play(outcome)
	rt := r.Wrap(base)
	for range n {
		_, _, _ = send(t, rt, to(t, host))
	}
	return base.count()
}

func wantTokens(t *testing.T, r *retry.Retrier, want float64) {
	t.Helper()
	keys := r.Snapshot()
	if len(keys) != 1 || math.Abs(keys[0].Tokens-want) > 1e-9 {
		t.Errorf("got budgets %+v, want one with %v tokens", keys, want)
	}
}

func TestBudget_BoundsRetriesOfHostThatIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := new(recorder)
		r := newRetrier(t, retry.WithObserver(rec))
		if got := callHost(t, r, "a.test", 100, fail(errReset)); got != 110 {
			t.Errorf("got %d attempts for 100 calls, want 110", got)
		}
		refused := 0
		for _, reason := range rec.reasons() {
			if reason == observe.ReasonBudget {
				refused++
			}
		}
		keys := r.Snapshot()
		if len(keys) != 1 || keys[0] != (retry.Key{Key: "http://a.test", Size: 10, Retries: 10, Refused: uint64(refused)}) {
			t.Errorf("got budgets %+v, want one with 10 retries and %d refused", keys, refused)
		}
	})
}

// The answer is handed over where there is no token, unread.
func TestBudget_KeepsAnswerWhereThereIsNoToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithBudget(1, 0))
		base := play(status(http.StatusServiceUnavailable))
		for range 3 {
			_, content, err := send(t, r.Wrap(base), to(t, "a.test"))
			if err != nil || content != "answer Service Unavailable" {
				t.Errorf("got %q and error %v, want the answer", content, err)
			}
		}
		wantCount(t, base, 4)
		wantTokens(t, r, 0)
	})
}

func TestBudget_RefundsRetryThatWasAnswered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		second step
		want   float64
	}{
		{"by a success", status(http.StatusOK), 10},
		{"by an answer that is final", status(http.StatusNotFound), 10},
		{"but not by trouble", status(http.StatusServiceUnavailable), 9},
		{"nor by an error", fail(errReset), 9},
		{"nor by an error that is final", fail(http.ErrSchemeMismatch), 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				// A success adds nothing here, so all that comes back is the refund.
				r := newRetrier(t, retry.WithBudget(10, 0), retry.WithMaxAttempts(2))
				_, _, _ = send(t, r.Wrap(play(status(http.StatusServiceUnavailable), tt.second)), to(t, "a.test"))
				wantTokens(t, r, tt.want)
			})
		})
	}
}

func TestBudget_CreditsAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		outcome step
		want    float64
	}{
		{"a success", status(http.StatusOK), 0.1},
		{"an answer that is final", status(http.StatusPaymentRequired), 0.1},
		{"but not an error that is final", fail(http.ErrSchemeMismatch), 0},
		{"nor trouble", status(http.StatusServiceUnavailable), 0},
	}
	for _, tt := range tests {
		for _, observed := range []bool{false, true} {
			t.Run(tt.name+", observed "+strconv.FormatBool(observed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var opts []retry.Option
					if observed {
						opts = append(opts, retry.WithObserver(new(recorder)))
					}
					r := newRetrier(t, opts...)
					callHost(t, r, "a.test", 10, fail(errReset))
					wantTokens(t, r, 0)
					callHost(t, r, "a.test", 5, tt.outcome)
					wantTokens(t, r, 5*tt.want)
				})
			})
		}
	}
}

// A service that fails now and then keeps all its retries.
func TestBudget_LastsForFailuresNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		rt := newRetrier(t).Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
			if n++; n%2 == 1 {
				return response(req, http.StatusServiceUnavailable, http.NoBody), nil
			}
			return response(req, http.StatusOK, http.NoBody), nil
		}))
		for range 200 {
			wantStatus(t, rt, to(t, "a.test"), http.StatusOK)
		}
	})
}

func TestBudget_IsKeptPerKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t)
		callHost(t, r, "a.test", 10, fail(errReset))
		if got := callHost(t, r, "b.test", 1, fail(errReset)); got != 4 {
			t.Errorf("got %d attempts at the other host, want all 4", got)
		}
		// The port of the scheme is the same key, another is not.
		if got := callHost(t, r, "a.test:80", 1, fail(errReset)); got != 1 {
			t.Errorf("got %d attempts at the same host, want 1", got)
		}
		if got := callHost(t, r, "a.test:8080", 1, fail(errReset)); got != 4 {
			t.Errorf("got %d attempts at the other port, want all 4", got)
		}
		keys := r.Snapshot()
		slices.SortFunc(keys, func(a, b retry.Key) int { return cmp.Compare(a.Key, b.Key) })
		want := []retry.Key{
			{Key: "http://a.test", Size: 10, Retries: 10, Refused: 8},
			{Key: "http://a.test:8080", Tokens: 7, Size: 10, Retries: 3},
			{Key: "http://b.test", Tokens: 7, Size: 10, Retries: 3},
		}
		if !slices.Equal(keys, want) {
			t.Errorf("got budgets %+v, want %+v", keys, want)
		}
	})
}

// Whatever the same Retrier wraps shares its budgets.
func TestBudget_BelongsToRetrier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t)
		callHost(t, r, "a.test", 10, fail(errReset)) // wraps anew
		if got := callHost(t, r, "a.test", 1, fail(errReset)); got != 1 {
			t.Errorf("got %d attempts, want 1: the budget is used up", got)
		}
		if got := callHost(t, newRetrier(t), "a.test", 1, fail(errReset)); got != 4 {
			t.Errorf("got %d attempts by another Retrier, want all 4", got)
		}
	})
}

func TestWithKey_SetsKeyOfBudgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithKey(func(*http.Request) string { return "all" }))
		callHost(t, r, "a.test", 10, fail(errReset))
		if got := callHost(t, r, "b.test", 1, fail(errReset)); got != 1 {
			t.Errorf("got %d attempts, want 1: the budget is one for all", got)
		}
		if keys := r.Snapshot(); len(keys) != 1 || keys[0].Key != "all" {
			t.Errorf("got budgets %+v, want one named all", keys)
		}
	})
}

// A function that changes its mind must not move tokens between budgets.
func TestWithKey_IsAskedOncePerCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		r := newRetrier(t, retry.WithBudget(10, 0), retry.WithObserver(new(recorder)), retry.WithKey(func(*http.Request) string {
			asked++
			return strconv.Itoa(asked)
		}))
		wantStatus(t, r.Wrap(play(fail(errReset), fail(errReset), status(http.StatusOK))), to(t, "a.test"), http.StatusOK)
		if asked != 1 {
			t.Errorf("got %d questions in one call, want 1", asked)
		}
		wantTokens(t, r, 9) // two taken, the last one back
	})
}

func TestWithoutBudget_BoundsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithoutBudget())
		if got := callHost(t, r, "a.test", 100, fail(errReset)); got != 400 {
			t.Errorf("got %d attempts for 100 calls, want 400", got)
		}
		if keys := r.Snapshot(); len(keys) != 0 {
			t.Errorf("got budgets %+v, want none", keys)
		}
		wantStatus(t, r.Wrap(play(status(http.StatusOK))), to(t, "a.test"), http.StatusOK)
	})
}

func TestWithSharedBudget_PaysFromOnePool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := budget.NewPool(budget.Rule{Tokens: 5, PerSuccess: 0}, 10)
		a, b := newRetrier(t, retry.WithSharedBudget(pool)), newRetrier(t, retry.WithSharedBudget(pool))
		if got := callHost(t, a, "a.test", 1, fail(errReset)); got != 4 {
			t.Errorf("got %d attempts of the first, want 4", got)
		}
		if got := callHost(t, b, "a.test", 1, fail(errReset)); got != 3 {
			t.Errorf("got %d attempts of the second, want 3: two tokens are left", got)
		}
		wantTokens(t, a, 0)
		wantTokens(t, b, 0)
	})
}

func TestWithRecentSuccesses_LetsTheBudgetGrow(t *testing.T) {
	t.Parallel()
	ofA := func(k keyed.Key) uint64 {
		if k.Host == "a.test" {
			return 50
		}
		return 0
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithRecentSuccesses(ofA))
		if got := callHost(t, r, "a.test", 20, fail(errReset)); got != 20+20 {
			t.Errorf("got %d attempts for 20 calls, want 10 retries and a fifth of 50 more", got)
		}
		if got := callHost(t, r, "b.test", 20, fail(errReset)); got != 20+10 {
			t.Errorf("got %d attempts for 20 calls to the other host, want 10 retries", got)
		}
		if keys := r.Snapshot(); keys[0].Size+keys[1].Size != 20+10 {
			t.Errorf("got budgets %+v, want sizes of 20 and 10", keys)
		}
		fixed := newRetrier(t, retry.WithRecentSuccesses(ofA), retry.WithBudget(3, 0))
		if got := callHost(t, fixed, "a.test", 20, fail(errReset)); got != 20+3 {
			t.Errorf("got %d attempts, want the 3 retries that were asked for", got)
		}
	})
}

func TestWithMaxKeys_BoundsBudgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithMaxKeys(3), retry.WithObserver(new(recorder)))
		for i := range 50 {
			host := strconv.Itoa(i) + ".test"
			if got := callHost(t, r, host, 1, fail(errReset)); got != 4 {
				t.Errorf("host %d: got %d attempts, want all 4", i, got)
			}
		}
		if got := len(r.Snapshot()); got != 3 {
			t.Errorf("got %d budgets, want 3", got)
		}
	})
}

// A nil pool is none to share, and not none at all.
func TestWithSharedBudget_OfNothingIsTheDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRetrier(t, retry.WithoutBudget(), retry.WithSharedBudget(nil))
		callHost(t, r, "a.test", 1, fail(errReset))
		wantTokens(t, r, retry.DefaultBudgetTokens-3)
	})
}

// The last of the options about the budget counts.
func TestBudgetOptions_LastCounts(t *testing.T) {
	t.Parallel()
	pool := func() *budget.Pool { return budget.NewPool(budget.Rule{Tokens: 1}, 10) }
	tests := []struct {
		name string
		opts []retry.Option
		want int // attempts of one call
	}{
		{"WithBudget after WithoutBudget", []retry.Option{retry.WithoutBudget(), retry.WithBudget(2, 0)}, 3},
		{"WithoutBudget after WithBudget", []retry.Option{retry.WithBudget(2, 0), retry.WithoutBudget()}, 4},
		{"WithSharedBudget after WithBudget", []retry.Option{retry.WithBudget(2, 0), retry.WithSharedBudget(pool())}, 2},
		{"WithSharedBudget after WithoutBudget", []retry.Option{retry.WithoutBudget(), retry.WithSharedBudget(pool())}, 2},
		{"WithBudget after WithSharedBudget", []retry.Option{retry.WithSharedBudget(pool()), retry.WithBudget(2, 0)}, 3},
		{"WithoutBudget after WithSharedBudget", []retry.Option{retry.WithSharedBudget(pool()), retry.WithoutBudget()}, 4},
		{"WithBudget twice", []retry.Option{retry.WithBudget(1, 0), retry.WithBudget(2, 0)}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if got := callHost(t, newRetrier(t, tt.opts...), "a.test", 1, fail(errReset)); got != tt.want {
					t.Errorf("got %d attempts, want %d", got, tt.want)
				}
			})
		})
	}
}
