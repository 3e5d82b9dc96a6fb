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

func TestNew_RejectsALimitThatIsNotPositive(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{0, -time.Second} {
		layer, err := timeout.New(d, nil)
		var mistake *timeout.ConfigError
		if layer != nil || !errors.As(err, &mistake) {
			t.Fatalf("limit %v: got %v, %v, want nil and a *ConfigError", d, layer, err)
		}
		if mistake.Package != "timeout" || mistake.Option != "New" || mistake.Value != d || mistake.Reason == "" {
			t.Errorf("limit %v: got %+v, want the argument of New named", d, mistake)
		}
	}
}

func TestWrap_StandsOnTheDefaultTransportWhereNextIsNil(t *testing.T) {
	t.Parallel()
	layer, err := timeout.New(limit)
	if err != nil {
		t.Fatal(err)
	}
	if got := trip.Unwrap(layer.Wrap(nil)); got != http.DefaultTransport {
		t.Errorf("got %v, want http.DefaultTransport", got)
	}
}

type idleCounter struct {
	http.RoundTripper
	calls int
}

func (c *idleCounter) CloseIdleConnections() { c.calls++ }

func TestWrap_PassesCloseIdleConnectionsOn(t *testing.T) {
	t.Parallel()
	layer, err := timeout.New(limit)
	if err != nil {
		t.Fatal(err)
	}
	base := &idleCounter{}
	(&http.Client{Transport: layer.Wrap(base)}).CloseIdleConnections()
	if base.calls != 1 {
		t.Errorf("got %d calls, want 1", base.calls)
	}
}

func TestRoundTrip_LeavesOtherErrorsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		boom, dropped := errors.New("boom"), &body{}
		_, err := wrap(t, func(req *http.Request) (*http.Response, error) {
			return ok(req, dropped), boom
		}).RoundTrip(get(t.Context(), t))
		if err != boom { //nolint:errorlint // the very same
			t.Errorf("got %v, want the base's error itself", err)
		}
		if dropped.closed != 1 {
			t.Error("got a response beside an error left open, want it closed")
		}
		resp, err := wrap(t, func(*http.Request) (*http.Response, error) {
			return nil, nil
		}).RoundTrip(get(t.Context(), t))
		if resp != nil || err != nil {
			t.Errorf("got %v, %v, want what the base returned, though it may not", resp, err)
		}
	})
}

func TestRoundTrip_LeavesTheCallersEndAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quit := errors.New("quit")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(quit) })
		var inside error
		_, err := wrap(t, func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			sleep(limit) // the limit passes after the caller has gone
			inside = req.Context().Err()
			return nil, context.Cause(req.Context())
		}).RoundTrip(get(ctx, t))
		if err != quit { //nolint:errorlint // the very same
			t.Errorf("got %v, want the caller's own cause", err)
		}
		if inside != context.Canceled {
			t.Errorf("got %v from the context, want context.Canceled", inside)
		}
	})
}

func TestRoundTrip_StepsAsideForAnEarlierDeadline(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]time.Duration{
		"when the caller's deadline is before the limit": time.Second,
		"when the caller's deadline is at the limit":     limit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), d)
				defer cancel()
				req := get(ctx, t)
				_, err := wrap(t, func(sent *http.Request) (*http.Response, error) {
					if sent != req {
						t.Error("got a copy of the request, want the caller's own")
					}
					<-sent.Context().Done()
					return nil, context.Cause(sent.Context())
				}).RoundTrip(req)
				if err != context.DeadlineExceeded { //nolint:errorlint // the very same
					t.Errorf("got %v, want the caller's context.DeadlineExceeded", err)
				}
			})
		})
	}
}

func TestRoundTrip_DoesNotWriteToTheRequest(t *testing.T) {
	t.Parallel()
	req := get(t.Context(), t)
	before := *req
	resp, err := wrap(t, func(sent *http.Request) (*http.Response, error) {
		if sent == req {
			t.Error("got the caller's request below, want a copy")
		}
		sent.Method = http.MethodPut
		return ok(sent, http.NoBody), nil
	}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Request != req {
		t.Error("got a copy in Response.Request, want the caller's request")
	}
	if req.Method != before.Method || req.Context() != before.Context() {
		t.Error("got a changed request, want it as it was")
	}
	other := get(t.Context(), t)
	resp, err = wrap(t, func(*http.Request) (*http.Response, error) {
		return ok(other, http.NoBody), nil
	}).RoundTrip(req)
	if err != nil || resp.Request != other {
		t.Errorf("got %p, %v, want the Response.Request that the base set", resp.Request, err)
	}
}

func TestRoundTrip_ReleasesTheAttemptWhenTheBasePanics(t *testing.T) {
	t.Parallel()
	var ctx context.Context
	defer func() {
		if got := recover(); got != "boom" {
			t.Errorf("got %v, want the base's panic", got)
		}
		if ctx.Err() != context.Canceled {
			t.Errorf("got %v, want a context that has ended", ctx.Err())
		}
	}()
	_, _ = wrap(t, func(req *http.Request) (*http.Response, error) {
		ctx = req.Context()
		panic("boom")
	}).RoundTrip(get(t.Context(), t))
}
