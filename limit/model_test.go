// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
)

// A model counts what is in flight by itself: attempts that the host has, and
// bodies that callers hold.
type model struct {
	t   *testing.T
	l   *limit.Limiter
	max int

	mu       sync.Mutex
	attempts []chan func(*http.Request) (*http.Response, error) // at the host
	bodies   []*http.Response
	cancels  []context.CancelFunc
	calls    int // under way
	wg       sync.WaitGroup
}

func (m *model) RoundTrip(req *http.Request) (*http.Response, error) {
	reply := make(chan func(*http.Request) (*http.Response, error), 1)
	m.mu.Lock()
	m.attempts = append(m.attempts, reply)
	m.mu.Unlock()
	return (<-reply)(req)
}

// pick takes one of the elements out.
func pick[E any](m *model, from *[]E, n byte) (e E, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(*from) == 0 {
		return e, false
	}
	at := int(n) % len(*from)
	e = (*from)[at]
	*from = append((*from)[:at], (*from)[at+1:]...)
	return e, true
}

func (m *model) call(rt http.RoundTripper, p limit.Priority) {
	ctx, cancel := context.WithCancel(context.Background())
	m.mu.Lock()
	m.cancels = append(m.cancels, cancel)
	m.calls++
	m.mu.Unlock()
	m.wg.Go(func() {
		defer func() {
			if got := recover(); got != nil && got != "below" {
				m.t.Errorf("got panic %v, want none of the layer's", got)
			}
			m.mu.Lock()
			m.calls--
			m.mu.Unlock()
		}()
		resp, err := rt.RoundTrip(get(limit.WithPriority(ctx, p), url))
		if err != nil && !errors.Is(err, limit.ErrLimited) && !errors.Is(err, context.Canceled) && !errors.Is(err, io.ErrUnexpectedEOF) {
			m.t.Errorf("got error %v, want none", err)
		}
		if err == nil && resp.Body != http.NoBody {
			m.mu.Lock()
			m.bodies = append(m.bodies, resp)
			m.mu.Unlock()
		}
	})
}

// answer lets the host answer one attempt.
func (m *model) answer(how, which byte) {
	reply, ok := pick(m, &m.attempts, which)
	if !ok {
		return
	}
	switch how % 8 {
	case 0:
		reply <- status(200)
	case 1, 2, 3:
		reply <- func(req *http.Request) (*http.Response, error) {
			return withBody(io.NopCloser(strings.NewReader("hello")))(req)
		}
	case 4:
		reply <- fails(io.ErrUnexpectedEOF)
	case 5:
		reply <- status(429, "Retry-After", "1")
	case 6:
		reply <- func(*http.Request) (*http.Response, error) { panic("below") }
	case 7:
		reply <- func(*http.Request) (*http.Response, error) {
			runtime.Goexit()
			return nil, nil
		}
	}
}

func (m *model) check() {
	m.t.Helper()
	synctest.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	inFlight := len(m.attempts) + len(m.bodies)
	for _, k := range m.l.Snapshot() {
		if k.InFlight != inFlight {
			m.t.Fatalf("got %d in flight, want %d attempts and %d bodies", k.InFlight, len(m.attempts), len(m.bodies))
		}
		if k.InFlight > m.max || k.Waiting < 0 || k.Waiting > 4 {
			m.t.Fatalf("got %+v, want at most %d in flight and 4 waiting", k, m.max)
		}
		if k.Waiting != m.calls-len(m.attempts) {
			m.t.Fatalf("got %d waiting, want %d calls less %d attempts", k.Waiting, m.calls, len(m.attempts))
		}
	}
}

// run does what the bytes say, and then lets everything come to an end.
func (m *model) run(ops []byte) {
	rt := m.l.Wrap(m)
	for i := 0; i+1 < len(ops); i += 2 {
		op, arg := ops[i], ops[i+1]
		switch op % 8 {
		case 0, 1, 2:
			m.call(rt, limit.Priority(int8(arg%3)-1))
		case 3, 4:
			m.answer(arg, arg>>3)
		case 5:
			if resp, ok := pick(m, &m.bodies, arg>>1); ok {
				if arg&1 == 0 {
					_, _ = io.Copy(io.Discard, resp.Body)
				}
				_ = resp.Body.Close()
			}
		case 6:
			if cancel, ok := pick(m, &m.cancels, arg); ok {
				cancel()
			}
		case 7:
			pass(time.Duration(arg) * 10 * time.Millisecond)
		}
		m.check()
	}
	for range 10_000 {
		m.answer(1, 0)
		if resp, ok := pick(m, &m.bodies, 0); ok {
			_ = resp.Body.Close()
		}
		pass(10 * time.Millisecond)
		m.check()
		m.mu.Lock()
		left := m.calls + len(m.bodies)
		m.mu.Unlock()
		if left == 0 {
			break
		}
	}
	for _, cancel := range m.cancels {
		cancel()
	}
	m.wg.Wait()
	for _, k := range m.l.Snapshot() {
		if k.InFlight != 0 || k.Waiting != 0 {
			m.t.Errorf("got %+v at the end, want nothing left", k)
		}
	}
}

func runModel(t *testing.T, ops []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := &model{t: t, max: 3}
		m.l = newLimiter(t, limit.WithMaxInFlight(m.max), limit.WithMaxWaiting(4), limit.WithMaxWait(500*time.Millisecond))
		m.run(ops)
	})
}

func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		ops := make([]byte, 200)
		for i := range ops {
			ops[i] = byte(rng.Uint32())
		}
		runModel(t, ops)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzModel(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 2, 0, 1, 0, 1, 3, 1, 5, 0, 6, 3, 3, 5, 7, 255})
	f.Fuzz(func(t *testing.T, ops []byte) {
		runModel(t, ops[:min(len(ops), 400)])
	})
}

// All at once and for real, for the race detector: no more than the limit is
// ever at the host, and nothing is left behind.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now, most := 0, 0
	change := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		now += by
		most = max(most, now)
	}
	answers := []func(*http.Request) (*http.Response, error){
		status(200), goodBody, status(503), status(429), fails(timeoutError{}), fails(io.ErrUnexpectedEOF), status(503, "Retry-After", "0"),
	}
	seen := &log{}
	l := newLimiter(t, limit.WithMaxInFlight(8), limit.WithMaxWaiting(16), limit.WithMaxWait(time.Millisecond), limit.WithObserver(seen))
	rt := l.Wrap(&host{reply: func(req *http.Request) (*http.Response, error) {
		change(1)
		defer change(-1)
		runtime.Gosched()
		return answers[rand.IntN(len(answers))](req)
	}})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			ctx := limit.WithPriority(t.Context(), limit.Priority(i%3-1))
			for range 300 {
				_, _ = send(rt, ctx)
				_ = l.Snapshot()
			}
		})
	}
	wg.Wait()
	if most > 8 {
		t.Errorf("got %d at once, want at most 8", most)
	}
	if k := key(t, l); k.InFlight != 0 || k.Waiting != 0 {
		t.Errorf("got %+v, want nothing left", k)
	}
}
