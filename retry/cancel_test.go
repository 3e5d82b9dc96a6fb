// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

var errHungUp = errors.New("the user hung up")

func contextWithTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// waiting is a schedule of one fixed wait.
func waiting(d time.Duration) retry.Option {
	return retry.WithSchedule(func() backoff.BackOff { return backoff.NewConstantBackOff(d) })
}

func TestCancel_DuringWaitReturnsCauseAtOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		cancel func(*http.Request) (*http.Request, func())
		want   error
	}{
		{"without a cause", func(req *http.Request) (*http.Request, func()) {
			ctx, cancel := context.WithCancel(req.Context())
			return req.WithContext(ctx), cancel
		}, context.Canceled},
		{"with a cause", func(req *http.Request) (*http.Request, func()) {
			ctx, cancel := context.WithCancelCause(req.Context())
			return req.WithContext(ctx), func() { cancel(errHungUp) }
		}, errHungUp},
		{"by the Cancel channel", func(req *http.Request) (*http.Request, func()) {
			cancel := make(chan struct{})
			req.Cancel = cancel //nolint:staticcheck // callers may still use it
			return req, func() { close(cancel) }
		}, context.Canceled},
		{"by the Cancel channel beside a context", func(req *http.Request) (*http.Request, func()) {
			ctx, stop := context.WithCancel(req.Context())
			cancel := make(chan struct{})
			req = req.WithContext(ctx)
			req.Cancel = cancel //nolint:staticcheck // callers may still use it
			return req, func() { close(cancel); stop() }
		}, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer, rec := newBody("busy"), new(recorder)
				var unsent *spyBody
				req := newPost(t.Context(), t, "charge")
				req.Header.Set("Idempotency-Key", "k1")
				req.GetBody = func() (io.ReadCloser, error) {
					unsent = newBody("charge")
					return unsent, nil
				}
				req, cancel := tt.cancel(req)
				base := play(func(req *http.Request) (*http.Response, error) {
					return response(req, http.StatusServiceUnavailable, answer), nil
				})
				time.AfterFunc(3*time.Second, cancel)
				start := time.Now()
				r := newRetrier(t, waiting(10*time.Second), retry.WithObserver(rec))
				_, _, err := send(t, r.Wrap(base), req)
				if !errors.Is(err, tt.want) {
					t.Errorf("got error %v, want %v", err, tt.want)
				}
				if took := time.Since(start); took != 3*time.Second {
					t.Errorf("got the error after %v, want it at once after 3s", took)
				}
				<-time.NewTimer(time.Minute).C
				synctest.Wait()
				wantCount(t, base, 1)
				wantClosed(t, "the answer", answer)
				if unsent != nil {
					t.Error("a body was asked for, and there was no attempt to send it")
				}
				if keys := r.Snapshot(); len(keys) != 1 || keys[0].Tokens != retry.DefaultBudgetTokens {
					t.Errorf("got budget %+v, want the token back: no attempt was made for it", keys)
				}
				wantReason(t, rec, observe.ReasonCanceled)
				last := rec.seen()[len(rec.seen())-1]
				if last.Kind != observe.CallFinished || last.Attempt != 1 || last.Verdict.Reason != classify.ReasonCanceled {
					t.Errorf("got last event %+v, want a call that was canceled after one attempt", last)
				}
			})
		})
	}
}

// The cause itself is returned, as net/http does.
func TestCancel_ReturnsCauseItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errHungUp) })
		rt := newRetrier(t, waiting(time.Minute)).Wrap(play(fail(errReset)))
		wantError(t, rt, newRequest(ctx, t, http.MethodGet), errHungUp)
	})
}

// Where the wait is over and the caller has given up, there must be no attempt,
// whichever of the two is seen first.
func TestCancel_AsWaitEndsMakesNoAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for range 100 { // a select picks at random
			ctx, cancel := context.WithCancel(t.Context())
			base := play(fail(errReset))
			cancelOnSchedule := observe.Func(func(e observe.Event) {
				if e.Kind == observe.RetryScheduled {
					cancel()
				}
			})
			rt := newRetrier(t, waiting(0), retry.WithObserver(cancelOnSchedule)).Wrap(base)
			wantError(t, rt, newRequest(ctx, t, http.MethodGet), context.Canceled)
			wantCount(t, base, 1)
		}
	})
}

// A caller that has given up already gets what the base says of that, once.
func TestCancel_BeforeCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errHungUp)
		honest := play(func(req *http.Request) (*http.Response, error) { return nil, context.Cause(req.Context()) })
		wantError(t, newRetrier(t).Wrap(honest), newRequest(ctx, t, http.MethodGet), errHungUp)
		wantCount(t, honest, 1)

		// A base that does not look at the context may answer all the same, and
		// the answer is the caller's.
		deaf, rec := play(status(http.StatusServiceUnavailable)), new(recorder)
		wantStatus(t, newRetrier(t, retry.WithObserver(rec)).Wrap(deaf), newRequest(ctx, t, http.MethodGet), http.StatusServiceUnavailable)
		wantCount(t, deaf, 1)
		wantReason(t, rec, observe.ReasonCanceled)

		closed := make(chan struct{})
		close(closed)
		req := newRequest(t.Context(), t, http.MethodGet)
		req.Cancel = closed //nolint:staticcheck // callers may still use it
		deaf = play(status(http.StatusServiceUnavailable))
		wantStatus(t, newRetrier(t).Wrap(deaf), req, http.StatusServiceUnavailable)
		wantCount(t, deaf, 1)
	})
}

func TestCancel_DuringAttemptIsNotRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errHungUp) })
		base := play(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, context.Cause(req.Context())
		})
		wantError(t, newRetrier(t).Wrap(base), newRequest(ctx, t, http.MethodGet), errHungUp)
		wantCount(t, base, 1)
	})
}

// The deadline of one attempt is not that of the call.
func TestCancel_DeadlineOfAttemptIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(func(req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(req.Context(), time.Second)
			defer cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}, status(http.StatusOK))
		wantStatus(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		wantCount(t, base, 2)
	})
}

func TestCancel_DeadlineOfCallIsNotRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := contextWithTimeout(t, time.Second)
		defer cancel()
		rec := new(recorder)
		base := play(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		rt := newRetrier(t, retry.WithObserver(rec)).Wrap(base)
		wantError(t, rt, newRequest(ctx, t, http.MethodGet), context.DeadlineExceeded)
		wantCount(t, base, 1)
		wantReason(t, rec, observe.ReasonDeadline)
	})
}

// A call whose caller cannot give it up waits all the same.
func TestCancel_ContextWithoutEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(fail(errReset), status(http.StatusOK))
		start := time.Now()
		req := newRequest(context.Background(), t, http.MethodGet) // one that never ends
		wantStatus(t, newRetrier(t, waiting(time.Minute)).Wrap(base), req, http.StatusOK)
		if took := time.Since(start); took != time.Minute {
			t.Errorf("got the answer after %v, want it after the wait of 1m", took)
		}
	})
}

// An outer layer sees a call that was given up by the Cancel channel for what
// it is.
func TestCancel_ByChannelIsKnownToOuterLayers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cancel := make(chan struct{})
		time.AfterFunc(time.Second, func() { close(cancel) })
		base := play(fail(errReset))
		var inner int
		middle := trip.Func(func(req *http.Request) (*http.Response, error) {
			inner++
			return newRetrier(t, waiting(time.Minute)).Wrap(base).RoundTrip(req)
		})
		req := newRequest(t.Context(), t, http.MethodGet)
		req.Cancel = cancel //nolint:staticcheck // callers may still use it
		if _, _, err := send(t, newRetrier(t).Wrap(middle), req); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want one that is context.Canceled", err)
		}
		if inner != 1 {
			t.Errorf("got %d attempts of the outer layer, want 1", inner)
		}
	})
}
