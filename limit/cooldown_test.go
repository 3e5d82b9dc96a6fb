// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// cooling returns a limiter with a cool-down, and a crew in front of a host
// that is well again.
func cooling(t *testing.T, reply trip.Func, opts ...limit.Option) (*limit.Limiter, *host, *crew) {
	t.Helper()
	l := newLimiter(t, opts...)
	h := &host{reply: reply}
	rt := l.Wrap(h)
	_, _ = send(rt, t.Context())
	h.now(status(200))
	return l, h, &crew{t: t, rt: rt}
}

func TestCoolDown_WhatBeginsOne(t *testing.T) {
	t.Parallel()
	custom, err := classify.New(classify.WithStatus(403, classify.Retryable))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		reply trip.Func
		opts  []limit.Option
		want  time.Duration
	}{
		{name: "429", reply: status(429, "Retry-After", "7"), want: 7 * time.Second},
		{name: "503", reply: status(503, "Retry-After", "7"), want: 7 * time.Second},
		{name: "429 with a rate limit field", reply: status(429, "RateLimit", `"default";r=0;t=7`), want: 7 * time.Second},
		{name: "a minute at most", reply: status(429, "Retry-After", "3600"), want: limit.MaxCoolDown},
		{name: "429 alone", reply: status(429)},
		{name: "no wait", reply: status(429, "Retry-After", "0")},
		{name: "503 alone", reply: status(503)},
		{name: "another status", reply: status(500, "Retry-After", "7")},
		{name: "a redirect", reply: status(301, "Retry-After", "7")},
		{name: "a classifier that does not say throttled", reply: status(403, "Retry-After", "7"), opts: []limit.Option{limit.WithClassifier(custom)}},
		{name: "switched off", reply: status(429, "Retry-After", "7"), opts: []limit.Option{limit.WithoutCoolDown()}},
		{name: "without the adaptive limit", reply: status(429, "Retry-After", "7"), opts: []limit.Option{limit.WithoutAdaptive()}, want: 7 * time.Second},
		{name: "with a fixed limit", reply: status(429, "Retry-After", "7"), opts: []limit.Option{limit.WithMaxInFlight(9)}, want: 7 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				l, _, c := cooling(t, tt.reply, append(tt.opts, limit.WithObserver(seen))...)
				events := seen.of(observe.CoolDownStarted)
				if tt.want == 0 {
					c.calls(t.Context(), 3)
					c.want(3, 0)
					if len(events) != 0 {
						t.Errorf("got events %v, want none", events)
					}
					return
				}
				if got := key(t, l).CoolDown; got != tt.want {
					t.Errorf("got a cool-down of %v, want %v", got, tt.want)
				}
				if len(events) != 1 || events[0].Wait != tt.want || events[0].Key != url || events[0].Context == nil || events[0].Method != http.MethodGet {
					t.Errorf("got events %v, want one", events)
				}
				if e := rejected(t, c.rt); e.RetryAfter != tt.want || e.Reason != observe.ReasonCoolDown {
					t.Errorf("got %+v, want a wait of %v", e, tt.want)
				}
				pass(tt.want)
				c.calls(t.Context(), 3)
				c.want(3, 0)
				if got := key(t, l); got.CoolDown != 0 || got.RejectedCoolDown != 1 {
					t.Errorf("got %+v, want no cool-down any more", got)
				}
			})
		})
	}
}

// Near the end it is worth waiting; those who do come spread.
func TestCoolDown_WaitsForTheEnd(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(429, "Retry-After", "5"))
		c.calls(t.Context(), 1)
		c.want(0, 1)
		pass(4 * time.Second)
		h.now(status(200))
		began := time.Now()
		c.calls(t.Context(), 50)
		c.want(0, 1)
		pass(time.Second - 1)
		c.want(0, 1)
		pass(50*time.Millisecond + 1)
		some := h.requests() - 1
		if some < 5 || some > 45 {
			t.Errorf("got %d of 50 in the first half, want them spread", some)
		}
		pass(50 * time.Millisecond)
		c.want(50, 1)
		if c.slowest < time.Second || c.slowest > 1100*time.Millisecond || began.IsZero() {
			t.Errorf("got the slowest after %v, want at most a tenth more than asked", c.slowest)
		}
	})
}

// Who cannot wait to the end does not begin to.
func TestCoolDown_Deadline(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, _, c := cooling(t, status(429, "Retry-After", "5"), limit.WithMaxWait(10*time.Second))
		for _, d := range []time.Duration{time.Second, 5 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			began := time.Now()
			_, err := send(c.rt, ctx)
			if !errors.Is(err, limit.ErrLimited) || time.Since(began) != 0 {
				t.Errorf("got %v after %v, want a rejection at once", err, time.Since(began))
			}
			cancel()
		}
		// With a hair more than it takes, the spread is cut to the deadline.
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second+1)
		defer cancel()
		c.calls(ctx, 10)
		if got := key(t, l).Waiting; got != 10 {
			t.Errorf("got %d waiting, want 10", got)
		}
		pass(6 * time.Second)
		c.want(10, 0)
	})
}

func TestCoolDown_Canceled(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := cooling(t, status(429, "Retry-After", "5"), limit.WithMaxWait(10*time.Second))
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		var got error
		go func() { _, got = send(c.rt, ctx) }()
		pass(time.Second)
		cancel(reason)
		synctest.Wait()
		if got != reason { //nolint:errorlint // the very same
			t.Errorf("got error %v, want the cause", got)
		}
		if k := key(t, l); k.Waiting != 0 || h.requests() != 1 {
			t.Errorf("got %+v and %d sent, want nothing of it left", k, h.requests())
		}
	})
}

func TestCoolDown_WaitersAreBounded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, _, c := cooling(t, status(429, "Retry-After", "1"), limit.WithMaxWaiting(3))
		c.calls(t.Context(), 5)
		c.want(0, 2)
		pass(2 * time.Second)
		c.want(3, 2)
	})
}

// It grows, and never shrinks, and a success does not end it.
func TestCoolDown_NeverShrinks(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		l := newLimiter(t, limit.WithObserver(seen))
		var reply trip.Func
		rt := l.Wrap(after(time.Second, func(req *http.Request) (*http.Response, error) { return reply(req) }))
		together := func(replies ...trip.Func) {
			for _, r := range replies {
				go func() { _, _ = send(l.Wrap(after(time.Second, r)), context.Background()) }()
			}
			pass(time.Second)
			synctest.Wait()
		}
		_ = rt
		together(status(429, "Retry-After", "20"), status(429, "Retry-After", "5"), status(200), status(429, "Retry-After", "20"))
		if got := key(t, l).CoolDown; got != 20*time.Second {
			t.Errorf("got a cool-down of %v, want the longest", got)
		}
		if got := len(seen.of(observe.CoolDownStarted)); got < 1 || got > 2 {
			t.Errorf("got %d events, want one for each that made it longer", got)
		}
	})
}

// A server that fails is probed, and a good answer ends its cool-down.
func TestCoolDown_Probes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		retryAfter string
		gap        time.Duration
	}{
		{"2", time.Second},
		{"5", time.Second},
		{"20", 4 * time.Second},
		{"600", 12 * time.Second}, // a minute at most
	} {
		t.Run(tt.retryAfter, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				l, h, c := cooling(t, status(503, "Retry-After", tt.retryAfter), limit.WithMaxWait(0))
				h.now(status(500))
				c.calls(t.Context(), 3)
				c.want(0, 3)
				pass(tt.gap - 1)
				c.calls(t.Context(), 3)
				c.want(0, 6)
				pass(1)
				c.calls(t.Context(), 3) // one of them goes, and fails
				c.want(1, 8)
				if h.requests() != 2 || key(t, l).CoolDown == 0 {
					t.Errorf("got %d requests and %+v, want one probe", h.requests(), key(t, l))
				}
				h.now(status(200))
				pass(tt.gap)
				c.calls(t.Context(), 3)
				c.want(4, 8)
				if got := key(t, l).CoolDown; got != 0 {
					t.Errorf("got a cool-down of %v, want it ended", got)
				}
			})
		})
	}
}

// A probe that is told to wait makes the cool-down longer, and one that is
// throttled ends the probes.
func TestCoolDown_ProbeIsToldToWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := cooling(t, status(503, "Retry-After", "5"), limit.WithMaxWait(0))
		h.now(status(503, "Retry-After", "9"))
		pass(time.Second)
		c.calls(t.Context(), 1)
		if got := key(t, l).CoolDown; got != 9*time.Second {
			t.Errorf("got a cool-down of %v, want 9s", got)
		}
		h.now(status(429, "Retry-After", "4"))
		pass(2 * time.Second)
		c.calls(t.Context(), 1)
		h.now(status(200))
		for range 7 {
			c.calls(t.Context(), 1)
			pass(500 * time.Millisecond)
		}
		c.want(2, 7)
		pass(500 * time.Millisecond)
		c.calls(t.Context(), 1) // the probes are on again
		c.want(3, 7)
	})
}

// Waiting attempts that got a place while a cool-down began give it back.
func TestCoolDown_BeginsWhileAttemptsWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(10*time.Second))
		h := &host{reply: after(time.Second, status(429, "Retry-After", "30"))}
		c := &crew{t: t, rt: l.Wrap(h)}
		c.calls(t.Context(), 5)
		pass(time.Second)
		c.want(1, 4)
		if k := key(t, l); h.requests() != 1 || k.InFlight != 0 || k.Waiting != 0 || k.RejectedCoolDown != 4 {
			t.Errorf("got %d requests and %+v, want those who waited rejected", h.requests(), k)
		}
	})
}
