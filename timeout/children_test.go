// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

// A child that hung on by a goroutine would keep that goroutine for as long as
// it is not canceled, and the bubble would complain of it.
func TestContext_HasChildrenWithoutGoroutines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Neither is ever canceled, on purpose.
		parent, cancelParent := context.WithCancel(context.WithValue(context.Background(), keyType{}, "v"))
		_ = cancelParent
		var child context.Context
		_, resp := within(parent, t, func(ctx context.Context) {
			var cancel context.CancelCauseFunc
			child, cancel = context.WithCancelCause(ctx)
			_ = cancel
		})
		wantErr(t, child, nil, nil)
		if got := child.Value(keyType{}); got != "v" {
			t.Errorf("got value %v, want the caller's", got)
		}
		_ = resp // neither read nor closed: nothing but memory is kept
	})
}

func TestContext_EndsItsChildrenWithItsCause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var after error
		resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
			ctx := req.Context()
			called := make(chan struct{})
			context.AfterFunc(ctx, func() {
				after = context.Cause(ctx)
				close(called)
			})
			child, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-child.Done()
			<-called
			if got := context.Cause(child); got != after { //nolint:errorlint // the very same
				t.Errorf("got cause %v of a child, want %v", got, after)
			}
			return nil, context.Cause(child)
		}).RoundTrip(get(t.Context(), t))
		if got := wantExpired(t, resp, err); error(got) != after { //nolint:errorlint // the very same
			t.Errorf("got %v after the end, want the error that is returned", after)
		}
	})
}

// A timer that was left to run would hold on to everything for an hour.
func TestContext_KeepsNothingOnceTheHeadersAreThere(t *testing.T) {
	t.Parallel()
	layer, err := timeout.New(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]func(*http.Response) error{
		"of a body that is never closed": func(*http.Response) error { return nil },
		"of a call that failed":          func(*http.Response) error { return io.ErrUnexpectedEOF },
	} {
		mark := new([64]byte)
		kept := weak.Make(mark)
		func() {
			ctx := context.WithValue(context.Background(), keyType{}, mark)
			_, _ = layer.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
				_ = req.Context().Done()
				resp := ok(req, &body{Reader: strings.NewReader("x")})
				return resp, end(resp)
			})).RoundTrip(get(ctx, t))
		}()
		for range 10 {
			runtime.GC()
		}
		if kept.Value() != nil {
			t.Errorf("got a value kept %s, want it free", name)
		}
	}
}

func TestContext_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			var users sync.WaitGroup
			resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
				for range 8 {
					users.Go(func() { use(req.Context()) })
				}
				return ok(req, &body{Reader: strings.NewReader("x")}), nil
			}).RoundTrip(get(t.Context(), t))
			if err == nil {
				users.Go(func() { _, _ = io.Copy(io.Discard, resp.Body) })
				_ = resp.Body.Close()
			}
			users.Wait()
		})
	}
}

// use does to a context all that can be done.
func use(ctx context.Context) {
	_, _ = ctx.Deadline()
	_ = ctx.Err()
	stop := context.AfterFunc(ctx, func() {})
	child, cancel := context.WithCancel(ctx)
	_ = child.Value(keyType{})
	_ = context.Cause(ctx)
	stop()
	<-ctx.Done()
	cancel()
}
