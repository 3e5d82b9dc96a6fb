// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// mistakes returns the mistakes that an error joins.
func mistakes(t *testing.T, err error) []*retry.ConfigError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got error %#v, want one that joins mistakes", err)
	}
	var found []*retry.ConfigError
	for _, e := range joined.Unwrap() {
		var mistake *retry.ConfigError
		if !errors.As(e, &mistake) {
			t.Fatalf("got error %#v, want a *retry.ConfigError", e)
		}
		found = append(found, mistake)
	}
	return found
}

func TestNew_FindsMistakes(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name string
		opt  retry.Option
		want string // the option, or nothing where there is no mistake
	}{
		{"no attempt", retry.WithMaxAttempts(0), "WithMaxAttempts"},
		{"negative attempts", retry.WithMaxAttempts(-1), "WithMaxAttempts"},
		{"101 attempts", retry.WithMaxAttempts(101), "WithMaxAttempts"},
		{"attempts without end", retry.WithMaxAttempts(math.MaxInt), "WithMaxAttempts"},
		{"one attempt is fine", retry.WithMaxAttempts(1), ""},
		{"100 attempts are fine", retry.WithMaxAttempts(100), ""},
		{"no initial wait", retry.WithBackoff(0, time.Second), "WithBackoff"},
		{"a negative initial wait", retry.WithBackoff(-1, time.Second), "WithBackoff"},
		{"a longest wait under the initial one", retry.WithBackoff(time.Second, time.Second-1), "WithBackoff"},
		{"a longest wait over a day", retry.WithBackoff(time.Second, 24*time.Hour+1), "WithBackoff"},
		{"the shortest waits are fine", retry.WithBackoff(1, 1), ""},
		{"the longest waits are fine", retry.WithBackoff(24*time.Hour, 24*time.Hour), ""},
		{"a nil schedule", retry.WithSchedule(nil), "WithSchedule"},
		{"a negative limit of Retry-After", retry.WithRetryAfterLimit(-1), "WithRetryAfterLimit"},
		{"a limit of zero is fine", retry.WithRetryAfterLimit(0), ""},
		{"any limit is fine", retry.WithRetryAfterLimit(math.MaxInt64), ""},
		{"no tokens", retry.WithBudget(0, 0), "WithBudget"},
		{"less than a token", retry.WithBudget(0.99, 0), "WithBudget"},
		{"negative tokens", retry.WithBudget(-1, -2), "WithBudget"},
		{"tokens that are not a number", retry.WithBudget(nan, 0.1), "WithBudget"},
		{"tokens without end", retry.WithBudget(inf, 0.1), "WithBudget"},
		{"a negative gain", retry.WithBudget(10, -0.1), "WithBudget"},
		{"a gain over the tokens", retry.WithBudget(10, 10.1), "WithBudget"},
		{"a gain that is not a number", retry.WithBudget(10, nan), "WithBudget"},
		{"the smallest budget is fine", retry.WithBudget(1, 0), ""},
		{"the largest budget is fine", retry.WithBudget(1e6, 1e6), ""},
		{"a negative buffer", retry.WithBodyBuffer(-1), "WithBodyBuffer"},
		{"a buffer over a gigabyte", retry.WithBodyBuffer(1<<30 + 1), "WithBodyBuffer"},
		{"a gigabyte is fine", retry.WithBodyBuffer(1 << 30), ""},
		{"no keys", retry.WithMaxKeys(0), "WithMaxKeys"},
		{"negative keys", retry.WithMaxKeys(math.MinInt), "WithMaxKeys"},
		{"any number of keys is fine", retry.WithMaxKeys(math.MaxInt), ""},
		{"a nil option is skipped", nil, ""},
		{"a nil key is the default", retry.WithKey(nil), ""},
		{"a nil classifier is the default", retry.WithClassifier(nil), ""},
		{"a nil observer is nobody", retry.WithObserver(nil), ""},
		{"a nil pool is the default", retry.WithSharedBudget(nil), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := retry.New(tt.opt)
			if tt.want == "" {
				if r == nil || err != nil {
					t.Errorf("got %v and error %v, want a Retrier", r, err)
				}
				return
			}
			if r != nil {
				t.Error("got a Retrier, want nil beside an error")
			}
			found := mistakes(t, err)
			if len(found) == 0 {
				t.Fatal("got no mistake, want one")
			}
			for _, m := range found {
				if m.Package != "retry" || m.Option != tt.want || m.Reason == "" {
					t.Errorf("got mistake %+v, want one of %s", m, tt.want)
				}
			}
		})
	}
}

func TestNew_TellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := retry.New(
		retry.WithMaxAttempts(0), retry.WithBackoff(-1, -2), nil, retry.WithSchedule(nil), retry.WithRetryAfterLimit(-1),
		retry.WithBudget(0, 2), retry.WithBodyBuffer(-1), retry.WithMaxKeys(0),
	)
	if got := len(mistakes(t, err)); got != 9 {
		t.Errorf("got %d mistakes, want 9: %v", got, err)
	}
	var mistake *trip.ConfigError
	if !errors.As(err, &mistake) {
		t.Error("got an error that is no *trip.ConfigError, want the one type of all packages")
	}
	if text := err.Error(); !strings.HasPrefix(text, "retry: WithMaxAttempts: 0: ") {
		t.Errorf("got text %q, want package, option and value first", text)
	}
}

// Of an option given twice the last counts, and it makes good for a mistake in
// the first.
func TestNew_LastOptionCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := func() backoff.BackOff { return new(backoff.StopBackOff) }
		r := newRetrier(
			t,
			retry.WithMaxAttempts(0), retry.WithMaxAttempts(2),
			retry.WithBackoff(0, 0), retry.WithBackoff(time.Second, time.Second),
			retry.WithRetryAfterLimit(-1), retry.WithRetryAfterLimit(time.Second),
			retry.WithBodyBuffer(-1), retry.WithBodyBuffer(1),
			retry.WithMaxKeys(0), retry.WithMaxKeys(1),
			retry.WithObserver(new(recorder)), retry.WithObserver(nil),
		)
		if got := r.MaxAttempts(); got != 2 {
			t.Errorf("got %d attempts, want 2", got)
		}
		base := play(fail(errReset))
		wantError(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet), errReset)
		wantCount(t, base, 2)

		base = play(fail(errReset))
		r = newRetrier(t, retry.WithSchedule(nil), retry.WithSchedule(policy))
		wantError(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet), errReset)
		wantCount(t, base, 1)
	})
}

func TestWithMaxAttempts_CountsTheFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []int{1, 2, 3, 100} {
			base := play(fail(errReset))
			r := newRetrier(t, retry.WithMaxAttempts(n), retry.WithoutBudget())
			wantError(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet), errReset)
			wantCount(t, base, n)
		}
	})
}
