// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

// repeat stands for a retry layer: it tries until its context ends.
func repeat(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		for {
			resp, err := next.RoundTrip(req)
			if err == nil || req.Context().Err() != nil {
				return resp, err
			}
		}
	})
}

func TestNested_ATotalOverAttemptsEndsTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		total, err := timeout.New(5*time.Second, timeout.WithTotal())
		if err != nil {
			t.Fatal(err)
		}
		each, err := timeout.New(limit)
		if err != nil {
			t.Fatal(err)
		}
		var seen []error
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			ctx := req.Context()
			<-ctx.Done()
			seen = append(seen, context.Cause(ctx))
			if ctx.Err() != context.DeadlineExceeded {
				t.Errorf("attempt %d: got %v, want context.DeadlineExceeded", len(seen), ctx.Err())
			}
			return nil, context.Cause(ctx)
		})
		start := time.Now()
		resp, err := trip.Chain(total.Wrap, repeat, each.Wrap)(base).RoundTrip(get(t.Context(), t))
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("got an end after %v, want 5s", got)
		}
		if got := wantExpired(t, resp, err); !got.Total || got.Limit != 5*time.Second {
			t.Errorf("got %+v, want the total's", got)
		}
		for i, want := range []bool{false, false, true} {
			var cause *timeout.Error
			if len(seen) != 3 || !errors.As(seen[i], &cause) || cause.Total != want {
				t.Fatalf("got causes %v, want two of an attempt and one of the total", seen)
			}
		}
	})
}

func TestNested_ATotalThatPassesDuringAnAttemptReachesItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		total, err := timeout.New(limit, timeout.WithTotal())
		if err != nil {
			t.Fatal(err)
		}
		each, err := timeout.New(3 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		// A middleware between hides the total's deadline, so that the attempt
		// keeps a clock of its own.
		hide := func(next http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				return next.RoundTrip(req.WithContext(noDeadline{req.Context()})) //nolint:contextcheck // derived
			})
		}
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		resp, err := trip.Chain(total.Wrap, hide, each.Wrap)(base).RoundTrip(get(t.Context(), t))
		if got := wantExpired(t, resp, err); !got.Total {
			t.Errorf("got %+v, want the total's", got)
		}
	})
}

type noDeadline struct{ context.Context }

func (noDeadline) Deadline() (time.Time, bool) { return time.Time{}, false }
