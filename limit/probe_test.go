// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// refusal is what a layer beneath gives that has sent nothing, as an open circuit does.
type refusal struct{}

func (refusal) Error() string  { return "refused" }
func (refusal) Rejected() bool { return true }

// patient is a refusal that says when to come again.
type patient struct {
	refusal
	wait time.Duration
}

func (p patient) RejectedWait() time.Duration { return p.wait }

// doubtful does not know what to make of a 418.
type doubtful struct{}

func (doubtful) Classify(req *http.Request, resp *http.Response, err error) classify.Verdict {
	if resp != nil && resp.StatusCode == http.StatusTeapot {
		return classify.Verdict{}
	}
	return classify.Default().Classify(req, resp, err)
}

// A probe that asked the server nothing does not use up the turn.
func TestProbe_ThatAskedTheServerNothing(t *testing.T) {
	t.Parallel()
	canceled := func(*http.Request) (*http.Response, error) { return nil, context.Canceled }
	const soon, inTurn = 100 * time.Millisecond, 12 * time.Second
	for _, tt := range []struct {
		name  string
		reply trip.Func
		want  time.Duration // until the next
	}{
		{"refused beneath", fails(refusal{}), soon},
		{"refused beneath for five seconds, where nobody waits", fails(patient{wait: 5 * time.Second}), soon},
		{"given up by its caller", canceled, soon},
		{"a name that does not exist", fails(&net.DNSError{IsNotFound: true}), soon},
		{"a panic", func(*http.Request) (*http.Response, error) { panic("below") }, soon},
		{"the end of the goroutine", func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil }, soon},
		{"a failure", status(500), inTurn},
		{"a failure that asks for a wait", status(503, "Retry-After", "60"), inTurn},
		{"a response that says nothing", status(418), inTurn},
		{"a connection that broke", fails(io.ErrUnexpectedEOF), inTurn},
		{"a timeout", fails(timeoutError{}), inTurn},
		{"the caller's deadline", fails(context.DeadlineExceeded), inTurn},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(0), limit.WithClassifier(doubtful{}))
				h.now(tt.reply)
				pass(12 * time.Second)
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { _ = recover() }()
					_, _ = send(c.rt, t.Context())
				}()
				<-done
				if got := h.requests(); got != 2 {
					t.Fatalf("got %d requests, want a probe", got)
				}
				h.now(status(500))
				pass(tt.want - 1)
				c.calls(t.Context(), 3)
				c.want(0, 3)
				pass(1)
				c.calls(t.Context(), 3)
				c.want(1, 5)
			})
		})
	}
}

// One that the limit itself turns away has not asked either.
func TestProbe_ThatFindsNoPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		wait   time.Duration
		cancel time.Duration // when its caller gives up, if it does
		takes  time.Duration
	}{
		{name: "and may not wait"},
		{name: "and waits in vain", wait: 50 * time.Millisecond, takes: 50 * time.Millisecond},
		{name: "and is given up", wait: time.Second, cancel: 50 * time.Millisecond, takes: 50 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(tt.wait))
				h := &host{reply: func(req *http.Request) (*http.Response, error) {
					resp, err := status(503, "Retry-After", "60")(req)
					resp.Body = io.NopCloser(strings.NewReader("down"))
					return resp, err
				}}
				rt := l.Wrap(h)
				held, err := rt.RoundTrip(get(t.Context(), url))
				if err != nil {
					t.Fatal(err)
				}
				pass(12 * time.Second)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				began := time.Now()
				if _, err := send(rt, ctx); err == nil || time.Since(began) != tt.takes {
					t.Fatalf("got error %v after %s, want no place for it", err, time.Since(began))
				}
				_ = held.Body.Close()
				h.now(status(200))
				pass(100*time.Millisecond - 1)
				if e := rejected(t, rt); e.Reason != observe.ReasonCoolDown {
					t.Errorf("got %+v, want none so soon", e)
				}
				pass(1)
				if _, err := send(rt, t.Context()); err != nil {
					t.Errorf("got error %v, want another probe", err)
				}
			})
		})
	}
}

// A turn that another probe has taken since is not given back.
func TestProbe_ThatIsGivenUpLate(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(0))
		h.now(after(time.Hour, status(200)))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		pass(12 * time.Second)
		go func() { _, _ = send(c.rt, ctx) }()
		synctest.Wait()
		h.now(status(500))
		pass(12 * time.Second)
		c.calls(t.Context(), 2)
		c.want(1, 1)
		cancel()
		pass(12*time.Second - 1)
		c.calls(t.Context(), 2)
		c.want(1, 3)
		pass(1)
		c.calls(t.Context(), 2)
		c.want(2, 4)
	})
}

// Those who wait for the end are there to probe, and hear at once that a probe was
// good; they come spread all the same.
func TestProbe_ByThoseWhoWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute), limit.WithMaxWaiting(50))
		h.now(status(500))
		c.calls(t.Context(), 50)
		pass(12*time.Second - 1)
		c.want(0, 0)
		pass(100*time.Millisecond + 1)
		c.want(1, 0) // a probe, which fails
		if got := key(t, l); got.Waiting != 49 || h.requests() != 2 {
			t.Fatalf("got %+v and %d requests, want one probe and the others to wait", got, h.requests())
		}
		h.now(status(200))
		pass(11 * time.Second)
		c.want(1, 0)
		for h.requests() == 2 {
			pass(time.Millisecond)
		}
		called := h.requests()
		pass(250 * time.Millisecond)
		if got := h.requests() - called; got < 5 || got > 45 {
			t.Errorf("got %d of 48 in the first half, want them spread", got)
		}
		pass(250 * time.Millisecond)
		c.want(50, 0)
		if c.slowest < 24*time.Second || c.slowest > 24800*time.Millisecond {
			t.Errorf("got the last after %v, want all by the second probe", c.slowest)
		}
	})
}

// A turn that was lost is taken by another of those who wait, where nobody else calls.
func TestProbe_OfThoseWhoWaitIsLost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute))
		h.now(after(time.Second, fails(refusal{}))) // late: the others have looked by then
		for range 3 {
			go func() {
				if _, err := send(c.rt, context.Background()); err != nil {
					h.now(status(200))
				}
			}()
		}
		pass(15 * time.Second)
		if got := h.requests(); got != 4 {
			t.Errorf("got %d requests after 15s, want the first, a probe that was lost, and two that were not", got)
		}
	})
}

// Those who look for their turn in between keep their room.
func TestProbe_ThoseWhoWaitKeepTheirRoom(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute), limit.WithMaxWaiting(10))
		h.now(status(500))
		c.calls(t.Context(), 10)
		for h.requests() == 1 {
			pass(time.Millisecond)
		}
		c.calls(t.Context(), 1) // takes the room of the one that has gone
		c.want(1, 0)
		pass(200 * time.Millisecond)
		c.want(1, 0)
	})
}

// One that works and wants less gets no probe from those who wait either.
func TestProbe_NoneAfter429(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute))
		// From an attempt that was under way when the cool-down began.
		pass(12 * time.Second)
		h.now(status(429, "Retry-After", "30"))
		c.calls(t.Context(), 1) // a probe
		c.want(1, 0)
		h.now(status(200))
		c.calls(t.Context(), 20)
		pass(30*time.Second - 1)
		c.want(1, 0)
		pass(100*time.Millisecond + 1 + 500*time.Millisecond)
		c.want(21, 0) // the next probe's turn has long come
	})
}

// Whoever gives up while it waits for its turn, or for the spread, leaves nothing.
func TestProbe_CanceledBeforeIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute))
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		errs := make(chan error, 30)
		for range cap(errs) {
			go func() {
				_, err := send(c.rt, ctx)
				errs <- err
			}()
		}
		h.now(status(200))
		pass(12 * time.Second)
		for h.requests() == 1 {
			pass(time.Millisecond)
		}
		cancel(reason)
		gaveUp := 0
		for range cap(errs) {
			if err := <-errs; err == reason { //nolint:errorlint // the very same
				gaveUp++
			} else if err != nil {
				t.Errorf("got error %v, want the cause", err)
			}
		}
		if k := key(t, l); gaveUp < 20 || k.Waiting != 0 || k.InFlight != 0 {
			t.Errorf("got %d given up and %+v, want most, and nothing of them left", gaveUp, k)
		}
	})
}

// Those who looked for their turn in between are still in time at the end.
func TestProbe_ByThoseWhoHaveADeadline(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, h, c := cooling(t, status(503, "Retry-After", "20"), limit.WithMaxWait(2*time.Minute))
		h.now(status(500))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second+1)
		defer cancel()
		c.calls(ctx, 30)
		pass(17 * time.Second)
		h.now(status(200))
		pass(4 * time.Second)
		c.want(30, 0)
	})
}

// Those who are content to wait are not spent on a circuit beneath that is open: it has
// said when it will let a probe through.
func TestProbe_ThoseWhoWaitAreNotSpentOnAnOpenCircuit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		says  error
		spent int
	}{{refusal{}, 10}, {patient{wait: 5 * time.Second}, 1}} {
		bubble(t, func(t *testing.T) {
			_, h, c := cooling(t, status(503, "Retry-After", "60"), limit.WithMaxWait(2*time.Minute))
			h.now(fails(tt.says))
			c.calls(t.Context(), 30)
			pass(15 * time.Second) // three after the first turn
			if got := h.requests() - 1; got < tt.spent || tt.spent == 1 && got > 1 {
				t.Errorf("%v: %d of those who wait were spent on it, want %d", tt.says, got, tt.spent)
			}
			h.now(status(200))
			pass(5 * time.Second)
			if got := h.requests() - 1; got != 30 {
				t.Errorf("%v: %d of those who waited have gone, want all of them after a good probe", tt.says, got)
			}
		})
	}
}
