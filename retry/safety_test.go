// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
)

func TestRetry_RepeatsByMethod(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method string
		want         int
	}{
		{"GET is repeated", http.MethodGet, 2},
		{"an empty method is GET and is repeated", "", 2},
		{"HEAD is repeated", http.MethodHead, 2},
		{"OPTIONS is repeated", http.MethodOptions, 2},
		{"TRACE is repeated", http.MethodTrace, 2},
		{"PUT is repeated", http.MethodPut, 2},
		{"DELETE is repeated", http.MethodDelete, 2},
		{"QUERY is repeated", "QUERY", 2},
		{"POST is not repeated", http.MethodPost, 1},
		{"PATCH is not repeated", http.MethodPatch, 1},
		{"CONNECT is not repeated", http.MethodConnect, 1},
		{"an unknown method is not repeated", "BREW", 1},
		{"a lower case get is an unknown method", "get", 1},
		{"a lower case query is an unknown method", "query", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, first := range []step{status(http.StatusServiceUnavailable), fail(errReset)} {
					base := play(first, status(http.StatusOK))
					req := newRequest(t.Context(), t, http.MethodGet)
					req.Method = tt.method
					_, _, _ = send(t, newRetrier(t).Wrap(base), req)
					wantCount(t, base, tt.want)
				}
			})
		})
	}
}

// Nothing in this table proves that the server has not done the work.
func TestRetry_SendsKeylessPostOnce(t *testing.T) {
	t.Parallel()
	reset := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	tests := []struct {
		name    string
		outcome step
	}{
		{"after 408", status(http.StatusRequestTimeout)},
		{"after 425", status(http.StatusTooEarly)},
		{"after 429", status(http.StatusTooManyRequests)},
		{"after 429 with Retry-After", status(http.StatusTooManyRequests, "Retry-After", "1")},
		{"after 500", status(http.StatusInternalServerError)},
		{"after 502", status(http.StatusBadGateway)},
		{"after 503", status(http.StatusServiceUnavailable)},
		{"after 503 with Retry-After", status(http.StatusServiceUnavailable, "Retry-After", "0")},
		{"after 503 that asks to try again", status(http.StatusServiceUnavailable, "X-Should-Retry", "true")},
		{"after 504", status(http.StatusGatewayTimeout)},
		{"after a reset", fail(reset)},
		{"after an end of file", fail(io.EOF)},
		{"after a timeout", fail(os.ErrDeadlineExceeded)},
		{"after an attempt's own deadline", fail(context.DeadlineExceeded)},
		{"after an unknown error", fail(errReset)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, opts := range [][]retry.Option{nil, {retry.WithConnTrace()}, {retry.WithBodyBuffer(1 << 10)}} {
					base, rec := play(tt.outcome), new(recorder)
					opts = append(opts, retry.WithObserver(rec))
					_, _, _ = send(t, newRetrier(t, opts...).Wrap(base), newPost(t.Context(), t, "charge"))
					wantCount(t, base, 1)
					wantReason(t, rec, observe.ReasonNotIdempotent)
				}
			})
		})
	}
}

func TestRetry_RepeatsPostWithKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header http.Header
		want   int
	}{
		{"a key allows it", http.Header{"Idempotency-Key": {"k1"}}, 2},
		{"the older name allows it", http.Header{"X-Idempotency-Key": {"k1"}}, 2},
		{"an empty list marks the request", http.Header{"Idempotency-Key": {}}, 2},
		{"a nil list marks the request", http.Header{"X-Idempotency-Key": nil}, 2},
		{"a key beside a blank one allows it", http.Header{"Idempotency-Key": {"", "k1"}}, 2},
		{"a key that is blank is none", http.Header{"Idempotency-Key": {""}}, 1},
		{"a key of white space is none", http.Header{"X-Idempotency-Key": {" \t"}}, 1},
		{"a name that is not canonical is not looked for", http.Header{"idempotency-key": {"k1"}}, 1},
		{"another header does not allow it", http.Header{"X-Request-Id": {"k1"}}, 1},
		{"a nil header does not allow it", nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(status(http.StatusBadGateway), status(http.StatusOK))
				req := newPost(t.Context(), t, "charge")
				req.Header = tt.header
				_, _, _ = send(t, newRetrier(t).Wrap(base), req)
				wantCount(t, base, tt.want)
				for _, a := range base.seen() {
					if a.body != "charge" {
						t.Errorf("got body %q, want the same on every attempt", a.body)
					}
				}
			})
		})
	}
}

func TestRetry_RepeatsByContext(t *testing.T) {
	t.Parallel()
	type mark = func(context.Context) context.Context
	tests := []struct {
		name   string
		method string
		marks  []mark
		want   int
		reason observe.Reason
	}{
		{"Idempotent allows a POST", http.MethodPost, []mark{retry.Idempotent}, 2, ""},
		{"Never forbids a GET", http.MethodGet, []mark{retry.Never}, 1, observe.ReasonNever},
		{"Idempotent after Never counts", http.MethodPost, []mark{retry.Never, retry.Idempotent}, 2, ""},
		{"Never after Idempotent counts", http.MethodGet, []mark{retry.Idempotent, retry.Never}, 1, observe.ReasonNever},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				for _, m := range tt.marks {
					ctx = m(ctx)
				}
				base, rec := play(status(http.StatusBadGateway), status(http.StatusOK)), new(recorder)
				r := newRetrier(t, retry.WithObserver(rec), retry.WithConnTrace())
				_, _, _ = send(t, r.Wrap(base), newRequest(ctx, t, tt.method))
				wantCount(t, base, tt.want)
				if tt.reason != "" {
					wantReason(t, rec, tt.reason)
				}
			})
		})
	}
}

// Never stands above everything that would allow another attempt.
func TestNever_BeatsEveryPermission(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	tests := []struct {
		name    string
		outcome step
	}{
		{"proof that nothing was sent", fail(refused)},
		{"421", status(http.StatusMisdirectedRequest)},
		{"503", status(http.StatusServiceUnavailable)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(tt.outcome)
				req := newPost(retry.Never(t.Context()), t, "charge")
				req.Header.Set("Idempotency-Key", "k1")
				r := newRetrier(t, retry.WithDangerouslyRetryNonIdempotent(), retry.WithBodyBuffer(1<<10))
				_, _, _ = send(t, r.Wrap(base), req)
				wantCount(t, base, 1)
			})
		})
	}
}

func TestWithDangerouslyRetryNonIdempotent_RepeatsPost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(fail(errReset), status(http.StatusOK))
		r := newRetrier(t, retry.WithDangerouslyRetryNonIdempotent())
		wantStatus(t, r.Wrap(base), newPost(t.Context(), t, "charge"), http.StatusOK)
		wantCount(t, base, 2)
	})
}

func TestRetry_ObeysVeto(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header []string
		want   int
	}{
		{"false forbids it", []string{"X-Should-Retry", "false"}, 1},
		{"Stripe's name forbids it", []string{"Stripe-Should-Retry", "false"}, 1},
		{"case and white space do not matter", []string{"X-Should-Retry", " False "}, 1},
		{"true changes nothing", []string{"X-Should-Retry", "true"}, 2},
		{"another value changes nothing", []string{"X-Should-Retry", "0"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base, rec := play(status(http.StatusServiceUnavailable, tt.header...), status(http.StatusOK)), new(recorder)
				_, _, _ = send(t, newRetrier(t, retry.WithObserver(rec)).Wrap(base), newRequest(t.Context(), t, http.MethodGet))
				wantCount(t, base, tt.want)
				if tt.want == 1 {
					wantReason(t, rec, observe.ReasonVeto)
				}
			})
		})
	}
}

// A 409 to a first attempt is a conflict. To a later one with a key it says
// that an earlier attempt is still being worked on.
func TestRetry_WaitsForAttemptInFlight(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	conflict, ok := status(http.StatusConflict), status(http.StatusCreated)
	tests := []struct {
		name  string
		key   []string
		steps []step
		want  int
	}{
		{"409 to a resend with a key is tried again", []string{"k1"}, []step{fail(errReset), conflict, ok}, 3},
		{"409 after 409 too", []string{"k1"}, []step{fail(errReset), conflict, conflict, ok}, 4},
		{"409 counts as an attempt", []string{"k1"}, []step{fail(errReset), conflict}, 4},
		{"409 to the first attempt is final", []string{"k1"}, []step{conflict, ok}, 1},
		{"409 is final where no attempt has arrived before", []string{"k1"}, []step{fail(refused), conflict, ok}, 2},
		{"409 is no longer final when one has", []string{"k1"}, []step{fail(refused), fail(errReset), conflict, ok}, 4},
		{"whatever has come in between", []string{"k1"}, []step{fail(errReset), fail(refused), conflict, ok}, 4},
		{"409 is final where the server sees no key", []string{}, []step{fail(errReset), conflict, ok}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(tt.steps...)
				req := newPost(t.Context(), t, "charge")
				req.Header["Idempotency-Key"] = tt.key
				_, _, _ = send(t, newRetrier(t).Wrap(base), req)
				wantCount(t, base, tt.want)
			})
		})
	}
}

func TestRetry_RepeatsMisdirectedOnceOnFreshConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		misdirected := status(http.StatusMisdirectedRequest)
		base, rec := play(misdirected, misdirected, status(http.StatusOK)), new(recorder)
		req := newPost(t.Context(), t, "charge")
		wantStatus(t, newRetrier(t, retry.WithObserver(rec)).Wrap(base), req, http.StatusMisdirectedRequest)
		wantCount(t, base, 2)
		wantReason(t, rec, observe.ReasonMaxAttempts)
		for i, a := range base.seen() {
			fresh := i == 1
			if a.req.Close != fresh || retry.FreshConn(a.req.Context()) != fresh {
				t.Errorf("attempt %d: got Close %v and FreshConn %v, want both %v",
					i+1, a.req.Close, retry.FreshConn(a.req.Context()), fresh)
			}
		}
		if req.Close {
			t.Error("got the caller's request changed, want it as it was")
		}
	})
}

// The connection is fresh for the attempt after a 421 only.
func TestRetry_AsksForFreshConnectionOnlyAfter421(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(status(http.StatusMisdirectedRequest), status(http.StatusServiceUnavailable), status(http.StatusOK))
		wantStatus(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		var fresh []bool
		for _, a := range base.seen() {
			fresh = append(fresh, a.req.Close)
		}
		if len(fresh) != 3 || fresh[0] || !fresh[1] || fresh[2] {
			t.Errorf("got Close %v on the attempts, want it on the second of three", fresh)
		}
	})
}

// A dial error is proof by its type: no hooks are needed.
func TestRetry_RepeatsPostThatWasNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		base := play(fail(refused), status(http.StatusCreated))
		wantStatus(t, newRetrier(t).Wrap(base), newPost(t.Context(), t, "charge"), http.StatusCreated)
		wantCount(t, base, 2)

		// And when it goes on, the caller gets that very error.
		wantError(t, newRetrier(t).Wrap(play(fail(refused))), newPost(t.Context(), t, "charge"), refused)
	})
}

func TestRetry_LeavesRejectionAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(fail(rejection{}))
		_, _, err := send(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet))
		if !errors.Is(err, rejection{}) {
			t.Errorf("got error %v, want the rejection", err)
		}
		wantCount(t, base, 1)
	})
}

// rejection is the error of a layer that refuses to send.
type rejection struct{}

func (rejection) Error() string  { return "open" }
func (rejection) Rejected() bool { return true }
