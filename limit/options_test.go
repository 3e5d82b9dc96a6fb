// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/trip"
)

func mistakes(t *testing.T, err error) (all []*limit.ConfigError) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got error %#v, want one that joins others", err)
	}
	for _, e := range joined.Unwrap() {
		var mistake *limit.ConfigError
		if !errors.As(e, &mistake) {
			t.Fatalf("got error %#v, want a *ConfigError", e)
		}
		all = append(all, mistake)
	}
	return all
}

func TestOptions_Range(t *testing.T) {
	t.Parallel()
	const million = 1_000_000
	ints := func(option func(int) limit.Option, values ...int) (opts []limit.Option) {
		for _, v := range values {
			opts = append(opts, option(v))
		}
		return opts
	}
	for _, tt := range []struct {
		option    string
		good, bad []limit.Option
		reason    string
	}{
		{
			"WithMaxInFlight",
			ints(limit.WithMaxInFlight, 1, million),
			ints(limit.WithMaxInFlight, 0, -1, million+1, math.MinInt, math.MaxInt),
			"from 1 to 1000000",
		},
		{
			"WithAdaptive",
			[]limit.Option{limit.WithAdaptive(1, 1), limit.WithAdaptive(1, million), limit.WithAdaptive(million, million)},
			[]limit.Option{limit.WithAdaptive(0, 1), limit.WithAdaptive(-1, million)},
			"the least limit must be from 1 to 1000000",
		},
		{
			"WithAdaptive",
			nil,
			[]limit.Option{limit.WithAdaptive(2, 1), limit.WithAdaptive(1, million+1), limit.WithAdaptive(1, math.MinInt)},
			"the greatest limit must be from the least",
		},
		{
			"WithMaxWait",
			[]limit.Option{limit.WithMaxWait(0), limit.WithMaxWait(time.Hour)},
			[]limit.Option{limit.WithMaxWait(-1), limit.WithMaxWait(time.Hour + 1), limit.WithMaxWait(math.MinInt64)},
			"from 0s to 1h",
		},
		{
			"WithMaxWaiting",
			ints(limit.WithMaxWaiting, 0, million),
			ints(limit.WithMaxWaiting, -1, million+1),
			"from 0 to 1000000",
		},
		{
			"WithMaxKeys",
			ints(limit.WithMaxKeys, 1, math.MaxInt),
			ints(limit.WithMaxKeys, 0, -1, math.MinInt),
			"at least 1",
		},
	} {
		t.Run(tt.option, func(t *testing.T) {
			t.Parallel()
			for i, opt := range tt.good {
				if _, err := limit.New(opt); err != nil {
					t.Errorf("good value %d: got error %v, want none", i, err)
				}
			}
			for i, opt := range tt.bad {
				l, err := limit.New(opt)
				if l != nil || err == nil {
					t.Errorf("bad value %d: got %v, %v, want an error", i, l, err)
					continue
				}
				all := mistakes(t, err)
				if len(all) != 1 || all[0].Package != "limit" || all[0].Option != tt.option || !strings.Contains(all[0].Reason, tt.reason) {
					t.Errorf("bad value %d: got %v, want one mistake in %s", i, err, tt.option)
				}
			}
		})
	}
}

// All mistakes come at once, in an error that the module has one type for.
func TestOptions_AllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	l, err := limit.New(limit.WithMaxInFlight(0), limit.WithAdaptive(0, -1), limit.WithMaxWait(-1), limit.WithMaxWaiting(-1), limit.WithMaxKeys(0))
	if l != nil {
		t.Errorf("got %v, want nil beside an error", l)
	}
	var options []string
	for _, m := range mistakes(t, err) {
		options = append(options, m.Option)
	}
	want := "[WithMaxInFlight WithAdaptive WithAdaptive WithMaxWait WithMaxWaiting WithMaxKeys]"
	if got := fmt.Sprint(options); got != want {
		t.Errorf("got mistakes in %s, want %s", got, want)
	}
	var shared *trip.ConfigError
	if !errors.As(err, &shared) {
		t.Error("got an error that is no *trip.ConfigError, want one")
	}
}

func TestOptions_NilIsSkippedAndTheLastCounts(t *testing.T) {
	t.Parallel()
	l := newLimiter(t, nil, limit.WithMaxInFlight(-1), limit.WithMaxInFlight(7), nil,
		limit.WithKey(func(*http.Request) string { return "x" }), limit.WithKey(nil),
		limit.WithClassifier(nil), limit.WithObserver(nil), limit.WithoutAdaptive(), limit.WithAdaptive(1, 2))
	_, _ = send(l.Wrap(status(200)), t.Context())
	if got := key(t, l); got.Limit != 7 || got.Key != url {
		t.Errorf("got %+v, want a limit of 7", got)
	}
}
