// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// A key that is evicted after it was found and before it is used would leave its
// attempt to a limit of its own.
func TestEvict_NeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	var inFlight [3]atomic.Int64
	var over, sink atomic.Int64
	l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(0), limit.WithMaxKeys(2))
	rt := l.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		n := &inFlight[req.URL.Host[0]-'0']
		if n.Add(1) > 1 {
			over.Add(1)
		}
		for range 200 {
			sink.Add(1)
		}
		n.Add(-1)
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}))
	var callers sync.WaitGroup
	for range 2 { // each holds one key, so there is always room for another
		callers.Go(func() {
			var reqs [len(inFlight)]*http.Request
			for i := range reqs {
				reqs[i] = get(t.Context(), "http://"+strconv.Itoa(i))
			}
			for range 50_000 {
				_, _ = rt.RoundTrip(reqs[rand.IntN(len(reqs))])
			}
		})
	}
	callers.Wait()
	if got := over.Load(); got > 0 {
		t.Errorf("got %d attempts over the limit, want none", got)
	}
}

// What an answer says counts, also where its key has been evicted meanwhile.
func TestEvict_WhileAnAttemptIsTimed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: after(time.Second, status(429, "Retry-After", "60"))}
		l := newLimiter(t, limit.WithMaxKeys(1))
		rt := l.Wrap(h)
		go func() { _, _ = send(rt, t.Context()) }()
		synctest.Wait()
		for range 200 { // one of them is timed
			_, _ = l.Wrap(status(200)).RoundTrip(get(t.Context(), "https://other.example.com"))
		}
		pass(time.Second)
		synctest.Wait()
		if e := rejected(t, rt); e.Reason != observe.ReasonCoolDown {
			t.Errorf("got %+v, want a cool-down", e)
		}
	})
}
