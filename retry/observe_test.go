// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
)

// after lets fake time pass before a step.
func after(d time.Duration, next step) step {
	return func(req *http.Request) (*http.Response, error) {
		<-time.NewTimer(d).C
		return next(req)
	}
}

func wantEvents(t *testing.T, rec *recorder, want ...observe.Event) {
	t.Helper()
	got := rec.seen()
	if len(got) != len(want) {
		t.Fatalf("got %d events %+v, want %d", len(got), got, len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("event %d: got %+v, want %+v", i+1, got[i], want[i])
		}
	}
}

func TestObserver_IsToldOfSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := new(recorder)
		req := newRequest(t.Context(), t, http.MethodGet)
		rt := newRetrier(t, retry.WithObserver(rec)).Wrap(play(after(3*time.Second, status(http.StatusOK))))
		wantStatus(t, rt, req, http.StatusOK)
		event := observe.Event{
			Context: req.Context(), Key: "http://api.example.com", Method: http.MethodGet, Attempt: 1,
			Status: http.StatusOK, Verdict: classify.Verdict{Class: classify.Success, Reason: classify.ReasonStatus},
			Duration: 3 * time.Second,
		}
		finished, call := event, event
		finished.Kind, call.Kind = observe.AttemptFinished, observe.CallFinished
		wantEvents(t, rec, finished, call)
	})
}

func TestObserver_IsToldOfRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := new(recorder)
		req := newRequest(t.Context(), t, http.MethodGet)
		waits := []time.Duration{2 * time.Second, 5 * time.Second}
		rt := newRetrier(t, retry.WithObserver(rec), retry.WithSchedule(func() backoff.BackOff {
			return &fixed{waits: waits}
		})).Wrap(play(after(time.Second, status(http.StatusServiceUnavailable)), after(3*time.Second, fail(errReset)), status(http.StatusOK)))
		wantStatus(t, rt, req, http.StatusOK)

		event := func(kind observe.Kind, attempt int) observe.Event {
			e := observe.Event{Kind: kind, Context: req.Context(), Key: "http://api.example.com", Method: http.MethodGet, Attempt: attempt}
			switch attempt {
			case 1:
				e.Status, e.Verdict = http.StatusServiceUnavailable, classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus}
			case 2:
				e.Err, e.Verdict = errReset, classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonOther}
			case 3:
				e.Status, e.Verdict = http.StatusOK, classify.Verdict{Class: classify.Success, Reason: classify.ReasonStatus}
			}
			return e
		}
		lasting := func(e observe.Event, d time.Duration) observe.Event { e.Duration = d; return e }
		waiting := func(e observe.Event, d time.Duration) observe.Event { e.Wait = d; return e }
		wantEvents(
			t, rec,
			lasting(event(observe.AttemptFinished, 1), time.Second),
			waiting(event(observe.RetryScheduled, 1), waits[0]),
			lasting(event(observe.AttemptFinished, 2), 3*time.Second),
			waiting(event(observe.RetryScheduled, 2), waits[1]),
			event(observe.AttemptFinished, 3),
			lasting(event(observe.CallFinished, 3), 11*time.Second),
		)
	})
}

// Every reason, and that nothing else is told of it.
func TestObserver_IsToldWhyNot(t *testing.T) {
	t.Parallel()
	unavailable := status(http.StatusServiceUnavailable)
	tests := []struct {
		name string
		step step
		opts []retry.Option
		edit func(*http.Request) *http.Request
		want observe.Reason
	}{
		{"the attempts are used up", unavailable, []retry.Option{retry.WithMaxAttempts(1)}, nil, observe.ReasonMaxAttempts},
		{"there is no token", unavailable, []retry.Option{retry.WithSharedBudget(emptyPool())}, nil, observe.ReasonBudget},
		{"the deadline is too near", unavailable, []retry.Option{waiting(time.Hour)}, func(req *http.Request) *http.Request {
			ctx, cancel := context.WithTimeout(req.Context(), time.Minute)
			time.AfterFunc(time.Minute, cancel)
			return req.WithContext(ctx)
		}, observe.ReasonDeadline},
		{"the method", unavailable, nil, func(req *http.Request) *http.Request { req.Method = http.MethodPost; return req }, observe.ReasonNotIdempotent},
		{"the caller says so", unavailable, nil, func(req *http.Request) *http.Request {
			return req.WithContext(retry.Never(req.Context()))
		}, observe.ReasonNever},
		{"the body is gone", unavailable, nil, func(req *http.Request) *http.Request { req.Body = newBody("x"); return req }, observe.ReasonBody},
		{"the server asks for too long a wait", status(http.StatusServiceUnavailable, "Retry-After", "3600"), nil, nil, observe.ReasonRetryAfter},
		{"the server forbids it", status(http.StatusServiceUnavailable, "X-Should-Retry", "false"), nil, nil, observe.ReasonVeto},
		{"the schedule ends", unavailable, []retry.Option{retry.WithSchedule(func() backoff.BackOff { return new(backoff.StopBackOff) })}, nil, observe.ReasonSchedule},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rec := new(recorder)
				req := newRequest(t.Context(), t, http.MethodGet)
				if tt.edit != nil {
					req = tt.edit(req)
				}
				base := play(tt.step)
				wantStatus(t, newRetrier(t, append(tt.opts, retry.WithObserver(rec))...).Wrap(base), req, http.StatusServiceUnavailable)
				wantCount(t, base, 1)
				var kinds []observe.Kind
				for _, e := range rec.seen() {
					kinds = append(kinds, e.Kind)
				}
				if len(kinds) != 3 || kinds[0] != observe.AttemptFinished || kinds[1] != observe.RetrySuppressed || kinds[2] != observe.CallFinished {
					t.Errorf("got events %v, want attempt_finished, retry_suppressed, call_finished", kinds)
				}
				wantReason(t, rec, tt.want)
			})
		})
	}
}

// What another attempt would not change is no retry that was not made.
func TestObserver_IsNotToldOfFinalAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := new(recorder)
		rt := newRetrier(t, retry.WithObserver(rec)).Wrap(play(status(http.StatusNotFound)))
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusNotFound)
		if got := rec.seen(); len(got) != 2 || got[1].Kind != observe.CallFinished {
			t.Errorf("got events %+v, want the attempt's and the call's end", got)
		}
	})
}

func TestObserver_MayPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(status(http.StatusServiceUnavailable), status(http.StatusOK))
		rt := newRetrier(t, retry.WithObserver(observe.Func(func(observe.Event) { panic("observer") }))).Wrap(base)
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		wantCount(t, base, 2)
	})
}

// An observer may call back into the layer.
func TestObserver_MayMakeCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rt http.RoundTripper
		var r *retry.Retrier
		inside := false
		r = newRetrier(t, retry.WithObserver(observe.Func(func(observe.Event) {
			if inside {
				return
			}
			inside = true
			wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
			_ = r.Snapshot()
			inside = false
		})))
		rt = r.Wrap(play(status(http.StatusOK)))
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
	})
}
