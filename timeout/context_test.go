// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type keyType struct{}

// within runs look with the context that a base sees, and returns it and the
// response, whose body has one byte.
func within(ctx context.Context, t *testing.T, look func(context.Context)) (context.Context, *http.Response) {
	t.Helper()
	var seen context.Context
	resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
		seen = req.Context()
		look(seen)
		return ok(req, &body{Reader: strings.NewReader("x")}), nil
	}).RoundTrip(get(ctx, t))
	if err != nil {
		t.Fatal(err)
	}
	return seen, resp
}

func wantErr(t *testing.T, ctx context.Context, err, cause error) {
	t.Helper()
	if got := ctx.Err(); got != err { //nolint:errorlint // the very same
		t.Errorf("got Err %v, want %v", got, err)
	}
	if got := context.Cause(ctx); got != cause { //nolint:errorlint // the very same
		t.Errorf("got Cause %v, want %v", got, cause)
	}
	select {
	case <-ctx.Done():
		if err == nil {
			t.Error("got Done closed, want it open")
		}
	default:
		if err != nil {
			t.Error("got Done open, want it closed")
		}
	}
}

func TestContext_HasTheLimitUntilTheHeadersAndTheCallersDeadlineAfterwards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		callers := time.Now().Add(time.Hour)
		parent, cancel := context.WithDeadline(context.WithValue(t.Context(), keyType{}, "v"), callers)
		defer cancel()
		seen, resp := within(parent, t, func(ctx context.Context) {
			if got, set := ctx.Deadline(); !set || time.Until(got) != limit {
				t.Errorf("got deadline %v, %v, want one in %v", got, set, limit)
			}
			if got := ctx.Value(keyType{}); got != "v" {
				t.Errorf("got value %v before Done, want the caller's", got)
			}
			wantErr(t, ctx, nil, nil)
			if got := ctx.Value(keyType{}); got != "v" {
				t.Errorf("got value %v after Done, want the caller's", got)
			}
		})
		sleep(2 * limit)
		wantErr(t, seen, nil, nil)
		if got, set := seen.Deadline(); !set || got != callers {
			t.Errorf("got deadline %v, %v after the headers, want the caller's", got, set)
		}
		_ = resp.Body.Close()
		wantErr(t, seen, context.Canceled, context.Canceled)
	})
}

func TestContext_AsksForNothingUntilSomebodyAsksForDone(t *testing.T) {
	t.Parallel()
	parent := &countedContext{Context: t.Context()}
	seen, resp := within(parent, t, func(ctx context.Context) {
		_, _ = ctx.Deadline()
		_ = ctx.Err()
	})
	_ = resp.Body.Close()
	if parent.dones != 0 {
		t.Errorf("got %d calls of the parent's Done, want none", parent.dones)
	}
	// Whoever kept the context and asks only now learns that it is over.
	wantErr(t, seen, context.Canceled, context.Canceled)
}

type countedContext struct {
	context.Context
	dones int
}

func (c *countedContext) Done() <-chan struct{} {
	c.dones++
	return c.Context.Done()
}

func TestContext_FirstAskedDuringTheBodyHasNoClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen, resp := within(t.Context(), t, func(context.Context) {})
		done := seen.Done()
		sleep(2 * limit)
		select {
		case <-done:
			t.Error("got an end during the body, want none")
		default:
		}
		_ = resp.Body.Close()
		<-done
	})
}

func TestContext_KeepsTheErrorThatItEndedWith(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quit := errors.New("quit")
		parent, cancel := context.WithCancelCause(t.Context())
		seen, resp := within(parent, t, func(context.Context) {})
		cancel(quit)
		_ = resp.Body.Close()
		wantErr(t, seen, context.Canceled, quit)

		parent, stop := context.WithTimeout(t.Context(), 2*limit)
		defer stop()
		seen, resp = within(parent, t, func(ctx context.Context) { _ = ctx.Done() })
		_ = resp.Body.Close()
		sleep(2 * limit)
		wantErr(t, seen, context.Canceled, context.Canceled)

		parent, stop = context.WithTimeout(t.Context(), 2*limit)
		defer stop()
		seen, resp = within(parent, t, func(context.Context) {})
		sleep(3 * limit)
		_ = resp.Body.Close()
		wantErr(t, seen, context.DeadlineExceeded, context.DeadlineExceeded)
	})
}

func TestContext_TellsTheCauseToThoseWhoOnlyPoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen context.Context
		resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
			seen = req.Context()
			sleep(limit)
			_ = seen.Err() // before Go 1.26, Cause does not ask for it by itself
			cause := context.Cause(seen)
			wantExpired(t, nil, cause)
			wantErr(t, seen, context.DeadlineExceeded, cause)
			return nil, cause
		}).RoundTrip(get(t.Context(), t))
		wantErr(t, seen, context.DeadlineExceeded, wantExpired(t, resp, err))
		if got, set := seen.Deadline(); !set || time.Until(got) != 0 {
			t.Errorf("got deadline %v, %v, want the limit's", got, set)
		}
	})
}

func TestContext_HasAName(t *testing.T) {
	t.Parallel()
	within(context.Background(), t, func(ctx context.Context) {
		if got, want := fmt.Sprint(ctx), "context.Background.WithHeaderTimeout(2s)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	within(noDeadline{t.Context()}, t, func(ctx context.Context) {
		if got, want := fmt.Sprint(ctx), "timeout_test.noDeadline.WithHeaderTimeout(2s)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
