// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/trip"
)

// mistakes returns the errors that err joins.
func mistakes(t *testing.T, err error) (all []*breaker.ConfigError) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got error %#v, want one that joins others", err)
	}
	for _, e := range joined.Unwrap() {
		var mistake *breaker.ConfigError
		if !errors.As(e, &mistake) {
			t.Fatalf("got error %#v, want a *ConfigError", e)
		}
		all = append(all, mistake)
	}
	return all
}

func TestOptions_Range(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	ratio := func(values ...float64) (opts []breaker.Option) {
		for _, v := range values {
			opts = append(opts, breaker.WithFailureRatio(v))
		}
		return opts
	}
	ints := func(option func(int) breaker.Option, values ...int) (opts []breaker.Option) {
		for _, v := range values {
			opts = append(opts, option(v))
		}
		return opts
	}
	times := func(option func(time.Duration) breaker.Option, values ...time.Duration) (opts []breaker.Option) {
		for _, v := range values {
			opts = append(opts, option(v))
		}
		return opts
	}
	for _, tt := range []struct {
		option     string
		good, bad  []breaker.Option
		reason     string
		firstValue any
	}{
		{
			"WithFailureRatio",
			ratio(math.SmallestNonzeroFloat64, 0.01, 1),
			ratio(0, -0.5, 1.0000001, 80, math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1)),
			"over 0 and at most 1", 0.0,
		},
		{
			"WithMinRequests",
			ints(breaker.WithMinRequests, 1, 100_000),
			ints(breaker.WithMinRequests, 0, -1, 100_001, math.MaxInt, math.MinInt),
			"from 1 to 100000", 0,
		},
		{
			"WithWindow",
			times(breaker.WithWindow, 10*time.Millisecond, day),
			times(breaker.WithWindow, 0, -1, 10*time.Millisecond-1, day+1, math.MaxInt64, math.MinInt64),
			"from 10ms to 24h", time.Duration(0),
		},
		{
			"WithProbes",
			ints(breaker.WithProbes, 1, 1000),
			ints(breaker.WithProbes, 0, -1, 1001, math.MaxInt, math.MinInt),
			"from 1 to 1000", 0,
		},
		{
			"WithSlowCall",
			times(breaker.WithSlowCall, 1, math.MaxInt64),
			times(breaker.WithSlowCall, 0, -1, math.MinInt64),
			"positive", time.Duration(0),
		},
		{
			"WithMaxKeys",
			ints(breaker.WithMaxKeys, 1, math.MaxInt),
			ints(breaker.WithMaxKeys, 0, -1, math.MinInt),
			"at least 1", 0,
		},
		{
			"WithOpenFor",
			[]breaker.Option{
				breaker.WithOpenFor(time.Millisecond, time.Millisecond), breaker.WithOpenFor(time.Millisecond, day), breaker.WithOpenFor(day, day),
			},
			[]breaker.Option{
				breaker.WithOpenFor(0, time.Second), breaker.WithOpenFor(-1, time.Second), breaker.WithOpenFor(time.Millisecond-1, time.Second),
			},
			"the initial time must be from 1ms to 24h", time.Duration(0),
		},
		{
			"WithOpenFor",
			nil,
			[]breaker.Option{
				breaker.WithOpenFor(time.Second, 0), breaker.WithOpenFor(time.Second, time.Second-1), breaker.WithOpenFor(time.Second, day+1), breaker.WithOpenFor(time.Second, math.MaxInt64),
			},
			"at least the initial time, 1s, and at most 24h", time.Duration(0),
		},
	} {
		t.Run(tt.option, func(t *testing.T) {
			t.Parallel()
			for i, opt := range tt.good {
				if _, err := breaker.New(opt); err != nil {
					t.Errorf("good value %d: got error %v, want none", i, err)
				}
			}
			for i, opt := range tt.bad {
				b, err := breaker.New(opt)
				if b != nil || err == nil {
					t.Errorf("bad value %d: got %v, %v, want an error", i, b, err)
					continue
				}
				all := mistakes(t, err)
				if len(all) != 1 || all[0].Package != "breaker" || all[0].Option != tt.option || !strings.Contains(all[0].Reason, tt.reason) {
					t.Errorf("bad value %d: got %v, want one mistake in %s", i, err, tt.option)
				}
				if i == 0 && all[0].Value != tt.firstValue {
					t.Errorf("got value %v (%T), want %v (%T)", all[0].Value, all[0].Value, tt.firstValue, tt.firstValue)
				}
			}
		})
	}
}

// All mistakes come at once, in an error that the module has one type for.
func TestOptions_AllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	b, err := breaker.New(
		breaker.WithFailureRatio(math.NaN()), breaker.WithMinRequests(0), breaker.WithWindow(0),
		breaker.WithOpenFor(0, -1), breaker.WithProbes(0), breaker.WithSlowCall(0), breaker.WithMaxKeys(0),
	)
	if b != nil {
		t.Errorf("got %v, want nil beside an error", b)
	}
	var options []string
	for _, m := range mistakes(t, err) {
		options = append(options, m.Option)
	}
	want := "[WithFailureRatio WithMinRequests WithWindow WithOpenFor WithOpenFor WithProbes WithSlowCall WithMaxKeys]"
	if got := fmt.Sprint(options); got != want {
		t.Errorf("got mistakes in %s, want %s", got, want)
	}
	if got, want := strings.Split(err.Error(), "\n")[1], "breaker: WithMinRequests: 0: must be from 1 to 100000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var shared *trip.ConfigError
	if !errors.As(err, &shared) {
		t.Error("got an error that is no *trip.ConfigError, want one")
	}
}

func TestOptions_NilIsSkipped(t *testing.T) {
	t.Parallel()
	b := newBreaker(t, nil, breaker.WithMinRequests(1), nil, breaker.WithKey(nil), breaker.WithClassifier(nil), breaker.WithObserver(nil))
	sendN(b.Wrap(status(http.StatusBadGateway)), 2)
	wantState(t, b, breaker.Open)
}

func TestOptions_TheLastCounts(t *testing.T) {
	t.Parallel()
	b := newBreaker(t,
		breaker.WithMinRequests(-1), breaker.WithMinRequests(1),
		breaker.WithFailureRatio(7), breaker.WithFailureRatio(1),
		breaker.WithSlowCall(0), breaker.WithSlowCall(time.Hour),
		breaker.WithKey(func(*http.Request) string { return "x" }), breaker.WithKey(nil),
	)
	sendN(b.Wrap(status(http.StatusBadGateway)), 1)
	wantState(t, b, breaker.Open)
}
