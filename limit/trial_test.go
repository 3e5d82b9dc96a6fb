// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Work that takes ten times as long as it did, some of it more and some less,
// looks like a queue now and then. It costs few calls all the same: answers that
// are late in a row are seldom all about as late, as those out of a queue are, so
// that a limit is seldom tried; and one that is gets no credit for a quick answer
// among slow ones.
func TestAdaptive_MoreWorkIsNoQueue(t *testing.T) {
	t.Parallel()
	const before, after15s = 50, 500 // ms, in the mean
	for _, tt := range []struct {
		name      string
		steps     int // of each call; the more, the more alike they are
		perSecond float64
		lost      float64
	}{
		// Of ten runs of this all lost nothing, and 0.022 or more if any late
		// answers in a row were a queue.
		{"that is never alike", 1, 100, 0.005},
		// Ten runs of this lost 0.006 to 0.020, and 0.051 to 0.119 if any quick
		// answer were to a limit's credit.
		{"that is more alike", 2, 60, 0.035},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var good, rejected int
			for seed := range uint64(16) { // one alone is left to chance
				bubble(t, func(t *testing.T) {
					work := &steps{rng: rand.New(rand.NewPCG(9, seed)), began: time.Now(), n: tt.steps, before: before, after: after15s}
					c := &crew{t: t, rt: newLimiter(t).Wrap(work)}
					c.traffic(tt.perSecond, time.Minute)
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

// steps is a server with room for everything, whose work comes in steps.
type steps struct {
	mu            sync.Mutex
	rng           *rand.Rand
	began         time.Time
	n             int
	before, after float64 // ms
}

func (s *steps) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	mean := s.before
	if time.Since(s.began) > 15*time.Second {
		mean = s.after
	}
	took := 0.0
	for range s.n {
		took += mean / float64(s.n) * s.rng.ExpFloat64()
	}
	s.mu.Unlock()
	return after(time.Duration(took*float64(time.Millisecond)), status(200))(req)
}
