// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/observe"
)

// calls makes n calls whose first attempt is handled by first and whose hedge, if
// there is one, by second, and returns how many were hedged.
func calls(t *testing.T, h *hedge.Hedger, n int, first, second step) int {
	t.Helper()
	hedged := 0
	for range n {
		base := newHost(first, second)
		_, _, _ = send(t, h.Wrap(base), get(t))
		hedged += len(base.attempts()) - 1
	}
	return hedged
}

func TestBudget_BoundsHedges(t *testing.T) {
	t.Parallel()
	slow := after(2*delay, status(200))
	rows := []struct {
		name          string
		opts          []hedge.Option
		first, second step
		want          int // of 100
	}{
		{"of hedges that lose, a tenth of the calls", nil, slow, hangs, 19},
		{"of calls that fail, the bucket", nil, after(2*delay, fails(errReset)), fails(errReset), 10},
		{"of answers that are late, the bucket", nil, after(2*delay, status(503)), status(503), 10},
		{"of hedges that win, as many", nil, slow, status(200), 19},
		{"of hedges that are refused, all", nil, slow, fails(&breaker.OpenError{}), 100},
		{"a bucket of one's own", []hedge.Option{hedge.WithBudget(3, 0)}, slow, hangs, 3},
		{"half of a shared one that nobody credits", []hedge.Option{
			hedge.WithBudget(100, 1), hedge.WithSharedBudget(budget.NewPool(budget.Rule{Tokens: 10, PerSuccess: 0.1}, 10)),
		}, slow, hangs, 5},
		{"no shared one", []hedge.Option{hedge.WithSharedBudget(nil)}, slow, hangs, 19},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := newHedger(t, append([]hedge.Option{hedge.WithDelay(delay)}, row.opts...)...)
				if got := calls(t, h, 100, row.first, row.second); got != row.want {
					t.Errorf("got %d hedges, want %d", got, row.want)
				}
				if got := only(t, h); got.Hedges != uint64(row.want) || got.Suppressed != uint64(100-row.want) {
					t.Errorf("got %+v, want %d hedges and %d suppressed", got, row.want, 100-row.want)
				}
			})
		})
	}
}

func TestObserver_IsToldOfHedgesAndWhyNot(t *testing.T) {
	t.Parallel()
	late := after(time.Second, status(200))
	rows := []struct {
		name string
		opts []hedge.Option
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		base step
		want []observe.Event
	}{
		{name: "a hedge", base: late, want: []observe.Event{{Kind: observe.Hedged, Wait: delay}}},
		{name: "an answer in time", base: status(200)},
		{
			name: "no budget", base: late, opts: []hedge.Option{hedge.WithSharedBudget(budget.NewPool(budget.Rule{}, 1))},
			want: []observe.Event{{Kind: observe.HedgeSuppressed, Reason: observe.ReasonBudget}},
		},
		{
			name: "no time", base: deaf(time.Second, status(200)),
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, delay/2)
			},
			want: []observe.Event{{Kind: observe.HedgeSuppressed, Reason: observe.ReasonDeadline}},
		},
		{
			name: "a caller who is gone", base: deaf(time.Second, status(200)),
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithTimeout(ctx, time.Hour)
				cancel()
				return ctx, cancel
			},
			want: []observe.Event{{Kind: observe.HedgeSuppressed, Reason: observe.ReasonCanceled}},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				ctx := t.Context()
				if row.ctx != nil {
					var cancel context.CancelFunc
					ctx, cancel = row.ctx(ctx)
					defer cancel()
				}
				events := &log{}
				rt := fixed(t, newHost(row.base), append(row.opts, hedge.WithObserver(events))...)
				if resp, err := rt.RoundTrip(newRequest(ctx, t, http.MethodGet)); err == nil {
					_ = resp.Body.Close()
				}
				got := events.all()
				if len(got) != len(row.want) {
					t.Fatalf("got events %v, want %v", got, row.want)
				}
				for i, want := range row.want {
					want.Context, want.Key, want.Method = ctx, "https://api.example.com", http.MethodGet
					if got[i] != want {
						t.Errorf("got %+v, want %+v", got[i], want)
					}
				}
			})
		})
	}
}
