// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"net/http"
	"testing"
	"time"
)

// Work that takes several times as long as it did, some of it more and some less,
// looks like a queue now and then. It costs few calls all the same: answers that
// are late in a row are seldom all about as late, as those out of a queue are, so
// that a limit is seldom tried; one that is gets no credit for a quick answer among
// slow ones; and one that seemed to help is looked at again.
func TestAdaptive_MoreWorkIsNoQueue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		steps     int     // of each call; the more, the more alike they are
		after     float64 // ms in the mean, from second 15 on; 50 before
		perSecond float64
		lost      float64
	}{
		// Of five runs of this four lost nothing, and one 0.008; it is 0.022 or
		// more if any late answers in a row are a queue.
		{"that is never alike", 1, 500, 100, 0.02},
		// 0.004 if late answers among quick ones do not count for what is usual.
		{"that is not much more", 1, 150, 100, 0.003},
		// 0.051 to 0.119 if any quick answer is to a limit's credit.
		{"that is more alike", 2, 500, 60, 0.045},
		// 0.096 if a limit that seemed to help is never looked at again, and 0.36
		// before there was either.
		{"that is rather alike", 3, 300, 60, 0.09},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var good, rejected int
			for seed := range uint64(16) { // one alone is left to chance
				bubble(t, func(t *testing.T) {
					work := &steps{seed: seed, began: time.Now(), n: tt.steps, after: tt.after}
					c := &crew{t: t, seed: seed, rt: newLimiter(t).Wrap(work)}
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
	seed  uint64
	began time.Time
	n     int
	after float64 // ms
}

func (s *steps) RoundTrip(req *http.Request) (*http.Response, error) {
	mean := 50.0
	if time.Since(s.began) > 15*time.Second {
		mean = s.after
	}
	rng, took := lot(req, s.seed), 0.0
	for range s.n {
		took += mean / float64(s.n) * rng.ExpFloat64()
	}
	return after(time.Duration(took*float64(time.Millisecond)), status(200))(req)
}
