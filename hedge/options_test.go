// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/trip"
)

func TestNew_RejectsWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		option hedge.Option
		want   string
	}{
		{"a quantile that is too low", hedge.WithQuantile(0.49), "WithQuantile"},
		{"a quantile that is too high", hedge.WithQuantile(0.991), "WithQuantile"},
		{"a quantile that is no number", hedge.WithQuantile(math.NaN()), "WithQuantile"},
		{"a negative least delay", hedge.WithMinDelay(-1), "WithMinDelay"},
		{"a least delay of a day", hedge.WithMinDelay(24 * time.Hour), "WithMinDelay"},
		{"no delay", hedge.WithDelay(0), "WithDelay"},
		{"a delay of a day", hedge.WithDelay(24 * time.Hour), "WithDelay"},
		{"less than a token", hedge.WithBudget(0.5, 0), "WithBudget"},
		{"tokens that are no number", hedge.WithBudget(math.NaN(), 0), "WithBudget"},
		{"a success that costs", hedge.WithBudget(10, -1), "WithBudget"},
		{"a success worth more than the bucket", hedge.WithBudget(10, 11), "WithBudget"},
		{"no keys", hedge.WithMaxKeys(0), "WithMaxKeys"},
	}
	var all []hedge.Option
	for _, row := range rows {
		all = append(all, row.option)
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h, err := hedge.New(row.option)
			var mistake *hedge.ConfigError
			if h != nil || !errors.As(err, &mistake) || mistake.Package != "hedge" || mistake.Option != row.want {
				t.Errorf("got %v and error %v, want a *ConfigError of %s", h, err, row.want)
			}
		})
	}
	_, err := hedge.New(all...)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 5 {
		t.Errorf("got %v, want the last mistake of each option", err)
	}
}

func TestNew_TakesTheBounds(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]hedge.Option{
		nil,
		{nil},
		{hedge.WithQuantile(0.5), hedge.WithMinDelay(0), hedge.WithBudget(1, 0), hedge.WithMaxKeys(1), hedge.WithKey(nil), hedge.WithClassifier(nil), hedge.WithObserver(nil)},
		{hedge.WithQuantile(0.99), hedge.WithMinDelay(time.Hour), hedge.WithBudget(1e6, 1e6)},
		{hedge.WithDelay(time.Hour)},
		{hedge.WithDelay(0), hedge.WithQuantile(0.9)},
	} {
		if _, err := hedge.New(opts...); err != nil {
			t.Errorf("got error %v, want none", err)
		}
	}
}

func TestWithDelay_AndWithQuantileReplaceEachOther(t *testing.T) {
	t.Parallel()
	for want, opts := range map[time.Duration][]hedge.Option{
		delay: {hedge.WithQuantile(0.9), hedge.WithDelay(delay), hedge.WithMinDelay(time.Second)},
		0:     {hedge.WithDelay(delay), hedge.WithQuantile(0.9)},
	} {
		h := newHedger(t, opts...)
		wantStatus(t, h.Wrap(instantly), get(t), 200)
		if got := only(t, h).Delay; got != want {
			t.Errorf("got delay %s, want %s", got, want)
		}
	}
}

func TestWithClassifier_SaysWhatTroubleIs(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		cl, err := classify.New(classify.WithStatus(404, classify.Retryable))
		if err != nil {
			t.Fatal(err)
		}
		rt := fixed(t, newHost(after(time.Second, status(200)), status(404)), hedge.WithClassifier(cl))
		wantStatus(t, rt, get(t), 200)
	})
}

func TestWithKey_KeepsApart(t *testing.T) {
	t.Parallel()
	h := newHedger(t, hedge.WithKey(func(req *http.Request) string { return req.Header.Get("X-Tenant") }), hedge.WithMaxKeys(2))
	for _, tenant := range []string{"c", "b", "a", "b"} {
		req := get(t)
		req.Header.Set("X-Tenant", tenant)
		wantStatus(t, h.Wrap(instantly), req, 200)
	}
	var names []string
	for _, k := range h.Snapshot() {
		names = append(names, k.Key)
	}
	if len(names) != 2 || !slices.IsSorted(names) || !slices.Contains(names, "a") && !slices.Contains(names, "b") {
		t.Errorf("got keys %q, want the last two, in order", names)
	}
}

type idle struct {
	http.RoundTripper
	closed int
}

func (i *idle) CloseIdleConnections() { i.closed++ }

func TestWrap_TellsWhatIsBeneath(t *testing.T) {
	t.Parallel()
	h, base := newHedger(t), &idle{RoundTripper: instantly}
	rt := h.Wrap(base)
	if got := trip.Unwrap(rt); got != http.RoundTripper(base) {
		t.Errorf("got %v beneath, want the base", got)
	}
	(&http.Client{Transport: rt}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("got idle connections closed %d times, want once", base.closed)
	}
	if got := trip.Unwrap(h.Wrap(nil)); got != http.DefaultTransport {
		t.Errorf("got %v beneath nothing, want http.DefaultTransport", got)
	}
}
