// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
)

// A queue is a server with ten workers, of which each takes 50 ms on average,
// so that it can do 200 requests a second, one after the other in their order.
type queue struct {
	mu   sync.Mutex
	rng  *rand.Rand
	free [10]time.Time
}

func newQueue() *queue { return &queue{rng: rand.New(rand.NewPCG(1, 2))} }

func (q *queue) RoundTrip(req *http.Request) (*http.Response, error) {
	return after(q.take(), status(200))(req)
}

// take queues up and returns how long that will take.
func (q *queue) take() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	best := 0
	for i, at := range q.free {
		if at.Before(q.free[best]) {
			best = i
		}
	}
	began := now
	if q.free[best].After(now) {
		began = q.free[best]
	}
	q.free[best] = began.Add(time.Duration(q.rng.ExpFloat64() * float64(50*time.Millisecond)))
	return q.free[best].Sub(now)
}

// traffic sends calls at random times, so many a second, for a while.
func (c *crew) traffic(perSecond float64, d time.Duration) {
	rng := rand.New(rand.NewPCG(3, c.seed))
	for end := time.Now().Add(d); time.Now().Before(end); {
		pass(time.Duration(rng.ExpFloat64() / perSecond * float64(time.Second)))
		c.call(c.t.Context())
	}
}

// reset returns the counts and begins anew.
func (c *crew) reset() (good, rejected int, slowest time.Duration) {
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.other) > 0 {
		c.t.Errorf("got errors %v, want none", c.other)
	}
	good, rejected, slowest = c.good, c.rejected, c.slowest
	c.good, c.rejected, c.slowest = 0, 0, 0
	return good, rejected, slowest
}

// limits returns the limits that were in force, as far as the events tell.
func (l *log) limits() (limits []int) {
	for _, e := range l.of(observe.LimitChanged) {
		limits = append(limits, e.Limit)
	}
	return limits
}

// Four clients send more than a server can do. It keeps working at its full
// capacity, the queue stays short, and when the load is gone so are the limits.
func TestAdaptive_Overload(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		q := newQueue()
		seen := &log{}
		var crews []*crew
		var limiters []*limit.Limiter
		for range 4 {
			l := newLimiter(t, limit.WithObserver(seen))
			limiters = append(limiters, l)
			crews = append(crews, &crew{t: t, rt: l.Wrap(q), seed: uint64(len(crews))})
		}
		load := func(perSecond float64, d time.Duration) (good, rejected int, slowest time.Duration) {
			var wg sync.WaitGroup
			for _, c := range crews {
				wg.Go(func() { c.traffic(perSecond/4, d) })
			}
			wg.Wait()
			for _, c := range crews {
				g, r, s := c.reset()
				good, rejected, slowest = good+g, rejected+r, max(slowest, s)
			}
			return good, rejected, slowest
		}
		if _, rejected, _ := load(100, 20*time.Second); rejected != 0 || len(seen.limits()) != 0 {
			t.Errorf("got %d rejected and limits %v at half of the load, want none", rejected, seen.limits())
		}
		good, rejected, slowest := load(260, 30*time.Second)
		if good < 5800 || rejected == 0 || slowest > 2*time.Second {
			t.Errorf("got %d good, %d rejected, the slowest after %v, want nearly 6000 good and a short queue", good, rejected, slowest)
		}
		if len(seen.limits()) == 0 {
			t.Fatal("got no limit, want some")
		}
		_, _, _ = load(100, 3*time.Second)
		if good, rejected, _ := load(100, 20*time.Second); rejected*200 > good {
			t.Errorf("got %d rejected of %d at half of the load, want none", rejected, good)
		}
		_, _, _ = load(20, 30*time.Second)
		for _, l := range limiters {
			if k := key(t, l); k.Limit != 0 || k.InFlight != 0 || k.Waiting != 0 {
				t.Errorf("got %+v, want no limit any more", k)
			}
		}
	})
}

// Answers that become slow for another reason than a queue cost no call, or
// next to none where it looks like one.
func TestAdaptive_SlowIsNoOverload(t *testing.T) {
	t.Parallel()
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	about := func(n float64, rng *rand.Rand) time.Duration { return ms(n * (0.9 + 0.4*rng.Float64())) }
	for _, tt := range []struct {
		name string
		lost float64 // at most, of all seeds together
		took func(at time.Duration, rng *rand.Rand) time.Duration
	}{
		{"a server that moves away", 0.005, func(at time.Duration, rng *rand.Rand) time.Duration {
			if at > 15*time.Second {
				return about(90, rng)
			}
			return about(10, rng)
		}},
		{"another kind of work", 0.002, func(at time.Duration, rng *rand.Rand) time.Duration {
			if at > 15*time.Second {
				return about(3000, rng)
			}
			return about(50, rng)
		}},
		{"two kinds of work in turn", 0.05, func(at time.Duration, rng *rand.Rand) time.Duration {
			if at/(10*time.Second)%2 == 1 {
				return about(1000, rng)
			}
			return about(20, rng)
		}},
		{"work that takes longer, more or less", 0.03, func(at time.Duration, rng *rand.Rand) time.Duration {
			if at > 15*time.Second {
				return ms(1000 * rng.ExpFloat64())
			}
			return ms(50 * rng.ExpFloat64())
		}},
		{"a server that gets slower and slower", 0.1, func(at time.Duration, rng *rand.Rand) time.Duration {
			return about(50+450*max(min(at-15*time.Second, 30*time.Second), 0).Seconds()/30, rng)
		}},
		{"a few calls that are slow", 0.002, func(_ time.Duration, rng *rand.Rand) time.Duration {
			if rng.Float64() < 0.05 {
				return ms(2000)
			}
			return ms(10 * (1 + rng.ExpFloat64()))
		}},
		{"pauses", 0.002, func(at time.Duration, rng *rand.Rand) time.Duration {
			if into := at % (20 * time.Second); into < 3*time.Second {
				return 3*time.Second - into + ms(20)
			}
			return about(20, rng)
		}},
	} {
		for _, perSecond := range []float64{10, 100, 500} {
			t.Run(fmt.Sprintf("%s, %v a second", tt.name, perSecond), func(t *testing.T) {
				t.Parallel()
				var good, rejected int
				for seed := range uint64(max(300/perSecond, 2)) { // few calls are chancy
					bubble(t, func(t *testing.T) {
						began := time.Now()
						l := newLimiter(t)
						c := &crew{t: t, seed: seed, rt: l.Wrap(&host{reply: func(req *http.Request) (*http.Response, error) {
							return after(tt.took(time.Since(began), lot(req, seed)), status(200))(req)
						}})}
						c.traffic(perSecond, time.Minute)
						// A limit may be on trial at this very moment, but does not stay.
						for range 12 {
							if key(t, l).Limit == 0 {
								break
							}
							c.traffic(perSecond, 5*time.Second)
						}
						if got := key(t, l).Limit; got != 0 {
							t.Errorf("got a limit of %d in force a minute later, want none", got)
						}
						ok, lost, _ := c.reset()
						good, rejected = good+ok, rejected+lost
					})
				}
				if share := float64(rejected) / float64(good+rejected); share > tt.lost {
					t.Errorf("got %d of %d rejected, which is %.4f, want %.4f at most", rejected, good+rejected, share, tt.lost)
				}
			})
		}
	}
}

// A server that fails at random, and quickly, is not helped by fewer attempts
// at a time.
func TestAdaptive_FailuresAreNoOverload(t *testing.T) {
	t.Parallel()
	refused := &timeoutless{syscall.ECONNREFUSED}
	for _, bad := range []struct {
		name  string
		reply func(*http.Request) (*http.Response, error)
	}{
		{"503", status(503)},
		{"500", status(500)},
		{"refused", fails(refused)},
	} {
		t.Run(bad.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(7, 8))
				seen := &log{}
				l := newLimiter(t, limit.WithObserver(seen))
				rt := l.Wrap(&host{reply: func(req *http.Request) (*http.Response, error) {
					if rng.Float64() < 0.9 {
						return bad.reply(req)
					}
					return status(200)(req)
				}})
				for range 5000 {
					_, _ = send(rt, t.Context())
					pass(10 * time.Millisecond)
				}
				if got := seen.limits(); len(got) != 0 {
					t.Errorf("got limits %v, want none", got)
				}
			})
		})
	}
}

// timeoutless hides that some errors say something of timeouts.
type timeoutless struct{ error }

func (e *timeoutless) Unwrap() error { return e.error }

// steady sends calls all the time: so many at once, one after the other.
func steady(c *crew, at int, d time.Duration) {
	end := time.Now().Add(d)
	for range at {
		c.wg.Go(func() {
			for time.Now().Before(end) {
				_, _ = send(c.rt, c.t.Context())
				pass(time.Millisecond)
			}
		})
	}
	c.wg.Wait()
}

// A server that answers 429 when there are more than ten at once is sent no
// more than about that.
func TestAdaptive_Throttled(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, refusals, good int
		l := newLimiter(t)
		c := &crew{t: t, rt: l.Wrap(&host{reply: func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if now >= 10 {
				refusals++
				mu.Unlock()
				defer mu.Lock()
				return after(5*time.Millisecond, status(429))(req)
			}
			now++
			good++
			mu.Unlock()
			pass(50 * time.Millisecond)
			mu.Lock()
			now--
			return status(200)(req)
		}})}
		steady(c, 40, 5*time.Second)
		refusals, good = 0, 0
		steady(c, 40, 30*time.Second)
		if refusals > good/2 || good < 30*20*10/2 {
			t.Errorf("got %d refusals and %d good, want about ten at once", refusals, good)
		}
	})
}

// Attempts that time out lower the limit to its least, and when they are
// answered again it is gone soon.
func TestAdaptive_Timeouts(t *testing.T) {
	t.Parallel()
	for _, lost := range []struct {
		name string
		err  error
	}{
		{"a timeout", timeoutError{}},
		{"a deadline that is not the caller's", context.DeadlineExceeded},
	} {
		t.Run(lost.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				l := newLimiter(t, limit.WithObserver(seen), limit.WithAdaptive(3, 50))
				h := &host{reply: after(time.Second, fails(lost.err))}
				c := &crew{t: t, rt: l.Wrap(h)}
				steady(c, 100, 30*time.Second)
				if got := seen.limits(); len(got) < 3 || got[0] > 50 || slices.Min(got) != 3 || got[len(got)-1] != 3 {
					t.Errorf("got limits %v, want them from at most 50 down to 3", got)
				}
				h.now(after(10*time.Millisecond, status(200)))
				steady(c, 100, 5*time.Second)
				if got := slices.Max(seen.limits()); got != 50 {
					t.Errorf("got limits %v, want at most 50", seen.limits())
				}
				steady(c, 2, 15*time.Second)
				if got := key(t, l).Limit; got != 0 {
					t.Errorf("got a limit of %d, want none", got)
				}
			})
		})
	}
}

// What the caller does is no sign of overload.
func TestAdaptive_TheCallersEnd(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		l := newLimiter(t, limit.WithObserver(seen))
		rt := l.Wrap(after(time.Hour, status(200)))
		for range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, _ = send(rt, ctx)
			cancel()
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(10*time.Millisecond, cancel)
			_, _ = send(rt, ctx)
		}
		_, _ = send(l.Wrap(status(503)), t.Context()) // awake
		for range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, _ = send(rt, ctx)
			cancel()
		}
		if got := seen.limits(); len(got) != 0 {
			t.Errorf("got limits %v, want none", got)
		}
	})
}

// limited returns a limiter with a limit of 10 in force, which timeouts have
// set.
func limited(t *testing.T, opts ...limit.Option) (*limit.Limiter, *host, *crew) {
	t.Helper()
	l := newLimiter(t, append([]limit.Option{limit.WithAdaptive(10, 10)}, opts...)...)
	h := &host{reply: after(100*time.Millisecond, fails(timeoutError{}))}
	rt := l.Wrap(h)
	_, _ = send(rt, t.Context())
	steady(&crew{t: t, rt: rt}, 20, 150*time.Millisecond)
	if got := key(t, l).Limit; got != 10 {
		t.Fatalf("got a limit of %d, want 10", got)
	}
	return l, h, &crew{t: t, rt: rt}
}

// Background work leaves a fifth of an adaptive limit to the rest.
func TestAdaptive_Background(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := limited(t, limit.WithMaxWait(0))
		h.now(after(time.Second, status(200)))
		c.calls(limit.WithPriority(t.Context(), limit.Background), 12)
		c.want(0, 4)
		c.calls(t.Context(), 3)
		c.want(0, 5)
		if got := key(t, l).InFlight; got != 10 {
			t.Errorf("got %d in flight, want 10", got)
		}
		pass(time.Second)
		c.want(10, 5)
	})
	bubble(t, func(t *testing.T) { // even a limit of one has room for it
		l := newLimiter(t, limit.WithAdaptive(1, 1))
		rt := l.Wrap(after(100*time.Millisecond, fails(timeoutError{})))
		_, _ = send(rt, t.Context())
		steady(&crew{t: t, rt: rt}, 20, 150*time.Millisecond)
		c := &crew{t: t, rt: l.Wrap(status(200))}
		c.calls(limit.WithPriority(t.Context(), limit.Background), 1)
		c.want(1, 0)
	})
}

// Attempts that never come back do not keep others away for ever.
func TestAdaptive_NothingHeard(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := limited(t, limit.WithMaxWait(0))
		ctx, cancel := context.WithCancel(t.Context())
		h.now(after(24*time.Hour, status(200)))
		for range 10 {
			go func() { _, _ = send(c.rt, ctx) }()
		}
		synctest.Wait()
		h.now(status(200))
		for range 20 {
			c.calls(t.Context(), 1)
			pass(500 * time.Millisecond)
		}
		c.want(0, 20)
		pass(time.Second)
		c.calls(t.Context(), 5)
		c.want(5, 20)
		if got := key(t, l); got.Limit != 0 {
			t.Errorf("got %+v, want no limit any more", got)
		}
		cancel()
	})
}

// Whoever waits when a limit is lifted is let in.
func TestAdaptive_LiftedForThoseWhoWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := limited(t, limit.WithMaxWait(time.Minute))
		h.now(after(time.Minute, status(200)))
		c.calls(t.Context(), 10)
		pass(9900 * time.Millisecond)
		h.now(status(200))
		c.calls(t.Context(), 5) // they have 100 ms, and the limit a bit more
		c.want(0, 0)
		pass(99 * time.Millisecond)
		c.want(0, 0)
		pass(time.Millisecond)
		c.want(0, 5)
		pass(100 * time.Millisecond)
		c.calls(t.Context(), 5)
		c.want(5, 5)
		pass(time.Minute)
		c.want(15, 5)
	})
}

// Of both limits, the lower counts.
func TestAdaptive_WithAFixedLimit(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := limited(t, limit.WithMaxInFlight(100), limit.WithMaxWait(0))
		h.now(after(time.Second, status(200)))
		c.calls(t.Context(), 12)
		c.want(0, 2)
		_ = l
		pass(time.Second)
	})
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithMaxInFlight(30), limit.WithMaxWait(0))
		q := newQueue()
		c := &crew{t: t, rt: l.Wrap(q)}
		c.traffic(100, 10*time.Second)
		c.traffic(300, 10*time.Second)
		if _, rejected, slowest := c.reset(); rejected == 0 || slowest > 2*time.Second {
			t.Errorf("got %d rejected and the slowest after %v, want a short queue", rejected, slowest)
		}
	})
}

func TestAdaptive_SwitchedOff(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t, limit.WithoutAdaptive())
		c := &crew{t: t, rt: l.Wrap(after(time.Second, fails(timeoutError{})))}
		steady(c, 50, 10*time.Second)
		if got := l.Snapshot(); len(got) != 0 {
			t.Errorf("got %v, want nothing kept", got)
		}
	})
}

// Limits are told in their order, and without a call.
func TestAdaptive_Events(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		_, h, c := limited(t, limit.WithObserver(seen))
		h.now(status(200))
		pass(11 * time.Second)
		c.calls(t.Context(), 1)
		events := seen.of(observe.LimitChanged)
		if len(events) != 2 || events[0].Limit != 10 || events[1].Limit != 0 || events[0].Key != url || events[0].Context != nil {
			t.Errorf("got events %+v, want a limit of 10 and its end", events)
		}
	})
}

// A busy client is timed now and then, and one that was busy is found out.
func TestAdaptive_Sampling(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t)
		rt := l.Wrap(status(200))
		for range 10_000 { // in no time at all
			_, _ = send(rt, t.Context())
		}
		q := newQueue()
		c := &crew{t: t, rt: l.Wrap(q)}
		c.traffic(100, 15*time.Second)
		c.traffic(280, 20*time.Second)
		if _, rejected, slowest := c.reset(); rejected == 0 || slowest > 3*time.Second {
			t.Errorf("got %d rejected and the slowest after %v, want a short queue", rejected, slowest)
		}
	})
}

func TestAdaptive_OwnErrorsAreLeftAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := limited(t)
		before := key(t, l).RejectedLimit
		h.now(fails(&limit.Error{Key: "below"}))
		_, err := send(c.rt, t.Context())
		var e *limit.Error
		if !errors.As(err, &e) || e.Key != "below" || key(t, l).RejectedLimit != before {
			t.Errorf("got error %v, want that of the layer below", err)
		}
	})
}
