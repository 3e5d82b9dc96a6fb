// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
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

func TestRoundTrip_FailsAtTheLimit(t *testing.T) {
	t.Parallel()
	broken := &net.OpError{Op: "read", Err: errors.New("connection cut")}
	rows := []struct {
		name string
		base trip.Func
		opts []timeout.Option
		want timeout.Error
		text string
	}{
		{
			name: "when the base waits for Done and returns the cause",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, context.Cause(req.Context())
			},
			want: timeout.Error{Limit: limit},
			text: "timeout: no response headers within 2s",
		},
		{
			name: "when the base returns the context's error",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, req.Context().Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base polls Err and never asks for Done",
			base: func(req *http.Request) (*http.Response, error) {
				for req.Context().Err() == nil {
					sleep(time.Millisecond)
				}
				return nil, req.Context().Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base sees no more than a derived context that was canceled",
			base: func(req *http.Request) (*http.Response, error) {
				ctx, cancel := context.WithCancel(req.Context())
				defer cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base fails in its own way, which is kept",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, broken
			},
			want: timeout.Error{Limit: limit, Err: broken},
			text: "timeout: no response headers within 2s",
		},
		{
			name: "when the base keeps the deadline by a clock of its own",
			base: func(req *http.Request) (*http.Response, error) {
				deadline, _ := req.Context().Deadline()
				sleep(time.Until(deadline))
				return nil, broken
			},
			want: timeout.Error{Limit: limit, Err: broken},
		},
		{
			name: "with a text of its own where the limit is for the whole call",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, context.Cause(req.Context())
			},
			opts: []timeout.Option{timeout.WithTotal(), nil},
			want: timeout.Error{Limit: limit, Total: true},
			text: "timeout: no response headers within 2s, all attempts together",
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				resp, err := wrap(t, row.base, row.opts...).RoundTrip(get(t.Context(), t))
				if got := time.Since(start); got != limit {
					t.Errorf("got an end after %v, want %v", got, limit)
				}
				expired := wantExpired(t, resp, err)
				if *expired != row.want {
					t.Errorf("got %+v, want %+v", *expired, row.want)
				}
				if row.text != "" && err.Error() != row.text {
					t.Errorf("got text %q, want %q", err, row.text)
				}
				if row.want.Err != nil && !errors.Is(err, row.want.Err) {
					t.Errorf("got %v, want the base's error within reach", err)
				}
			})
		})
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

func TestRoundTrip_HandsOverAResponseThatRacesTheLimit(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name    string
		notices bool
		body    io.ReadCloser
		want    bool
	}{
		{"when its context is whole, because nobody looked at the clock", false, &body{Reader: strings.NewReader("x")}, true},
		{"not when its context has ended and the body is to come", true, &body{Reader: strings.NewReader("x")}, false},
		{"when its context has ended and there is no body to break", true, http.NoBody, true},
		{"when its context has ended and the body is nil", true, nil, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
					if row.notices {
						<-req.Context().Done()
					}
					sleep(limit)
					return ok(req, row.body), nil
				}).RoundTrip(get(t.Context(), t))
				if row.want {
					if resp == nil || err != nil {
						t.Fatalf("got %v, %v, want the response", resp, err)
					}
					if row.body != nil {
						_, _ = io.Copy(io.Discard, resp.Body)
					}
					return
				}
				wantExpired(t, resp, err)
				if b, counted := row.body.(*body); counted && b.closed != 1 {
					t.Errorf("got %d closes of the body, want 1", b.closed)
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
