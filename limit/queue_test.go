// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
)

// bulkhead returns a crew in front of a host that takes a second for each
// call, and two at a time.
func bulkhead(t *testing.T, opts ...limit.Option) (*limit.Limiter, *crew) {
	t.Helper()
	l := newLimiter(t, append([]limit.Option{limit.WithMaxInFlight(2), limit.WithoutAdaptive()}, opts...)...)
	return l, &crew{t: t, rt: l.Wrap(after(time.Second, status(200)))}
}

func TestQueue_WaitsForAPlace(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, c := bulkhead(t, limit.WithMaxInFlight(1), limit.WithMaxWait(10*time.Second))
		c.calls(t.Context(), 5)
		if got := key(t, l); got.InFlight != 1 || got.Waiting != 4 || got.Limit != 1 {
			t.Errorf("got %+v, want 1 in flight of 1 and 4 waiting", got)
		}
		pass(time.Second)
		c.want(1, 0)
		pass(4 * time.Second)
		c.want(5, 0)
		// The newest of those who wait goes first.
		if got, want := fmt.Sprint(c.order), "[0 4 3 2 1]"; got != want {
			t.Errorf("got order %s, want %s", got, want)
		}
		if got := key(t, l); got.InFlight != 0 || got.Waiting != 0 {
			t.Errorf("got %+v, want nothing left", got)
		}
	})
}

func TestQueue_WaitsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, c := bulkhead(t, limit.WithMaxWait(300*time.Millisecond))
		began := time.Now()
		c.calls(t.Context(), 5)
		pass(2 * time.Second)
		c.want(2, 3)
		if got := c.firstRejected.Sub(began); got != 300*time.Millisecond {
			t.Errorf("got the first rejection after %v, want 300ms", got)
		}
		if got := key(t, l); got.RejectedLimit != 3 || got.RejectedCoolDown != 0 || got.Waiting != 0 {
			t.Errorf("got %+v, want 3 rejected", got)
		}
	})
}

// With no wait at all, a rejection comes at once.
func TestQueue_FailsFast(t *testing.T) {
	t.Parallel()
	for _, opt := range []limit.Option{limit.WithMaxWait(0), limit.WithMaxWaiting(0)} {
		bubble(t, func(t *testing.T) {
			l, c := bulkhead(t, opt)
			c.calls(t.Context(), 2)
			began := time.Now()
			e := rejected(t, c.rt)
			if time.Since(began) != 0 {
				t.Errorf("got the rejection after %v, want it at once", time.Since(began))
			}
			if *e != (limit.Error{Key: url, Reason: observe.ReasonLimit, Limit: 2}) {
				t.Errorf("got %+v, want the key, the reason and the limit", *e)
			}
			if got, want := e.Error(), "limit: https://api.example.com has 2 attempts in flight, which is its limit"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			_ = l
		})
	}
}

func TestQueue_IsBounded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, c := bulkhead(t, limit.WithMaxWait(time.Minute), limit.WithMaxWaiting(3))
		c.calls(t.Context(), 5)
		c.want(0, 0)
		c.calls(t.Context(), 2) // take the places of the oldest that wait, 2 and 3
		c.want(0, 2)
		if got := key(t, l).Waiting; got != 3 {
			t.Errorf("got %d waiting, want 3", got)
		}
		pass(3 * time.Second)
		c.want(5, 2)
		for _, n := range c.order {
			if n == 2 || n == 3 {
				t.Errorf("got order %v, want the oldest that waited rejected", c.order)
			}
		}
	})
}

func TestQueue_CanceledWaiter(t *testing.T) {
	t.Parallel()
	reason := errors.New("enough")
	for _, tt := range []struct {
		name string
		req  func(context.Context) (*http.Request, func())
		want error
	}{
		{"canceled", func(ctx context.Context) (*http.Request, func()) {
			ctx, cancel := context.WithCancel(ctx)
			return get(ctx, url), cancel
		}, context.Canceled},
		{"canceled for a reason", func(ctx context.Context) (*http.Request, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			return get(ctx, url), func() { cancel(reason) }
		}, reason},
		{"by its deadline", func(ctx context.Context) (*http.Request, func()) {
			ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			return get(ctx, url), func() { pass(200 * time.Millisecond); cancel() }
		}, context.DeadlineExceeded},
		{"by its Cancel channel", func(ctx context.Context) (*http.Request, func()) {
			req, cancel := get(ctx, url), make(chan struct{})
			req.Cancel = cancel //nolint:staticcheck // callers may still use it
			return req, func() { close(cancel) }
		}, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				l, c := bulkhead(t)
				c.calls(t.Context(), 2)
				req, cancel := tt.req(t.Context())
				body := &closeCounter{}
				req.Body = body
				var got error
				done := make(chan struct{})
				go func() {
					defer close(done)
					_, got = c.rt.RoundTrip(req)
				}()
				pass(100 * time.Millisecond)
				if n := key(t, l).Waiting; n != 1 {
					t.Errorf("got %d waiting, want 1", n)
				}
				cancel()
				<-done
				if !errors.Is(got, tt.want) || tt.want != context.Canceled && got != tt.want { //nolint:errorlint // the very same
					t.Errorf("got error %v, want %v", got, tt.want)
				}
				if errors.Is(got, limit.ErrLimited) {
					t.Error("got a rejection, want the caller's own end")
				}
				if body.closed != 1 {
					t.Errorf("got body closed %d times, want once", body.closed)
				}
				pass(2 * time.Second)
				if k := key(t, l); k.Waiting != 0 || k.InFlight != 0 || k.RejectedLimit != 0 {
					t.Errorf("got %+v, want nothing left", k)
				}
			})
		})
	}
}

// A caller who gives up in the very moment in which a place gets free gives it
// back.
func TestQueue_CanceledAsItIsLetIn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute))
		h := &host{reply: after(time.Second, status(200))}
		c := &crew{t: t, rt: l.Wrap(h)}
		c.calls(t.Context(), 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.calls(t.Context(), 1)
		for range 20 {
			go func() { _, _ = send(c.rt, ctx) }()
		}
		pass(10 * time.Second)
		if k := key(t, l); k.Waiting != 0 || k.InFlight != 0 {
			t.Errorf("got %+v, want nothing left", k)
		}
		c.want(2, 0)
	})
}

// A caller that is gone already is passed on, and takes no place.
func TestQueue_GoneBefore(t *testing.T) {
	t.Parallel()
	l, c := bulkhead(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := send(c.rt, ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that of the layer below", err)
	}
	if got := l.Snapshot(); len(got) != 0 {
		t.Errorf("got %v, want no key", got)
	}
}

func TestPriority_Order(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, c := bulkhead(t, limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute))
		c.calls(t.Context(), 1)
		for _, p := range []limit.Priority{limit.Critical, limit.Background, limit.Normal, -7, 7} {
			c.calls(limit.WithPriority(t.Context(), p), 1)
		}
		c.calls(t.Context(), 1)
		pass(10 * time.Second)
		c.want(7, 0)
		if got, want := fmt.Sprint(c.order), "[0 5 1 6 3 4 2]"; got != want {
			t.Errorf("got order %s, want %s: critical, normal, background, and the newest first", got, want)
		}
	})
}

// A full queue makes room for what is at least as important, and for nothing
// else.
func TestPriority_Shedding(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, c := bulkhead(t, limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute), limit.WithMaxWaiting(3))
		c.calls(t.Context(), 1)
		background := limit.WithPriority(t.Context(), limit.Background)
		critical := limit.WithPriority(t.Context(), limit.Critical)
		c.calls(background, 2)  // 1 and 2 wait
		c.calls(t.Context(), 1) // 3 waits
		c.calls(t.Context(), 1) // 4 takes the place of 1
		c.calls(critical, 1)    // 5 that of 2
		c.want(0, 2)            //
		c.calls(background, 1)  // 6 is rejected
		c.calls(critical, 3)    // 7 and 8 take those of 3 and 4, and 9 that of 5
		c.calls(t.Context(), 1) // 10 is rejected
		c.want(0, 2+1+3+1)      //
		pass(10 * time.Second)  //
		c.want(4, 7)            //
		want := "[0 9 8 7]"     //
		if got := fmt.Sprint(c.order); got != want {
			t.Errorf("got order %s, want %s", got, want)
		}
	})
}

func TestPriority_String(t *testing.T) {
	t.Parallel()
	for p, want := range map[limit.Priority]string{
		limit.Background: "background", limit.Normal: "normal", limit.Critical: "critical", 3: "priority(3)",
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var zero limit.Priority
	if zero != limit.Normal {
		t.Error("got a zero Priority that is not Normal, want Normal")
	}
}

// Keys have limits of their own, and wraps of one Limiter share them.
func TestKeys(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(0),
			limit.WithKey(func(req *http.Request) string { return req.Header.Get("X-Tenant") }))
		slow := l.Wrap(after(time.Second, status(200)))
		quick := l.Wrap(status(200))
		call := func(rt http.RoundTripper, tenant string) error {
			req := get(t.Context(), url)
			req.Header.Set("X-Tenant", tenant)
			_, err := rt.RoundTrip(req)
			return err
		}
		go func() { _ = call(slow, "red") }()
		synctest.Wait()
		if err := call(quick, "red"); !errors.Is(err, limit.ErrLimited) {
			t.Errorf("got error %v, want a rejection", err)
		}
		if err := call(quick, "blue"); err != nil {
			t.Errorf("got error %v, want none", err)
		}
		all := l.Snapshot()
		if len(all) != 2 || all[0].Key != "blue" || all[1].Key != "red" {
			t.Errorf("got %v, want blue and red", all)
		}
		pass(time.Second)
	})
}

// A key with something in flight is kept; one without goes; and where all have
// something, a new one does without a limit.
func TestKeys_AreBounded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(0), limit.WithMaxKeys(2))
		slow := l.Wrap(after(time.Second, status(200)))
		for i := range 5 {
			go func() { _, _ = slow.RoundTrip(get(t.Context(), fmt.Sprintf("https://%d.example.com", i))) }()
			synctest.Wait()
		}
		if got := l.Snapshot(); len(got) != 2 || got[0].Key != "https://0.example.com" || got[1].Key != "https://1.example.com" {
			t.Errorf("got %v, want the first two", got)
		}
		pass(2 * time.Second)
		for i := range 5 {
			_, _ = l.Wrap(status(200)).RoundTrip(get(t.Context(), fmt.Sprintf("https://%d.example.com", 5+i)))
		}
		if got := l.Snapshot(); len(got) != 2 || got[0].Key < "https://5" {
			t.Errorf("got %v, want newer ones", got)
		}
	})
}

// So does one whose server has something to say.
func TestKeys_NoRoomForACoolDown(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxKeys(1))
		rt := l.Wrap(status(429, "Retry-After", "30"))
		_, _ = send(rt, t.Context())
		for range 3 {
			if _, err := rt.RoundTrip(get(t.Context(), "https://other.example.com")); err != nil {
				t.Errorf("got error %v, want none", err)
			}
		}
		if got := key(t, l).Key; got != url {
			t.Errorf("got %s, want the key that cools down", got)
		}
	})
}
