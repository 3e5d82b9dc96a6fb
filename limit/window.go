// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math"
	"net/http"

	"github.com/surefoot-go/surefoot/classify"
)

// An outcome is what an answer says of the load of a server.
type outcome uint8

const (
	neutral   outcome = iota // nothing
	answered                 // as much as the time it took
	failed                   // that it was in vain, if it took long
	timedOut                 // that it took too long
	throttled                // that the server wants less
)

// outcomeOf reads a verdict. A failure that comes quickly says nothing: a
// server that turns attempts away at once is not relieved by fewer of them at
// a time, and one that fails at random even less.
func outcomeOf(v classify.Verdict, resp *http.Response) outcome {
	switch v.Class {
	case classify.Success:
		return answered
	case classify.Terminal:
		if resp != nil {
			return answered
		}
	case classify.Retryable:
		switch {
		case v.Throttled && resp != nil && resp.StatusCode < http.StatusInternalServerError:
			return throttled
		case v.Reason == classify.ReasonTimeout:
			return timedOut
		case v.Reason == classify.ReasonDeadline, resp != nil:
			return failed
		}
	case classify.Unknown:
	}
	return neutral
}

// A sample is an attempt that was timed.
type sample struct {
	started, took int64
	outcome       outcome
}

// A window is a few samples that are judged together. It is congested if none
// of the answers was in time. That is what a queue does that never empties;
// one slow call among quick ones, or a few that fail, are something else.
type window struct {
	samples, good, throttled int
	quickest                 int64 // of the good ones
	sum                      int64 // of the good ones
	pooled                   int64 // of windows pooled: their quickest, for each good one
	first, last              int64 // when they were started
}

func (w *window) add(s sample) {
	if w.samples == 0 {
		*w = window{quickest: math.MaxInt64, first: s.started, last: s.started}
	}
	w.samples++
	w.first, w.last = min(w.first, s.started), max(w.last, s.started)
	switch s.outcome {
	case answered:
		w.good++
		w.sum += s.took
		w.quickest = min(w.quickest, s.took)
	case throttled:
		w.throttled++
	case neutral, failed, timedOut:
	}
}

// pool takes the good answers of another window in, for the mean of both, and by
// how much the quickest of each window were quicker.
func (w *window) pool(o *window) {
	w.samples += o.good
	w.good += o.good
	w.sum += o.sum
	w.pooled += o.quickest * int64(o.good)
}

// spread returns by how much the quickest of the windows pooled were quicker than
// the mean.
func (w *window) spread() float64 { return w.mean() - float64(w.pooled)/float64(max(w.good, 1)) }

// mean returns what the good answers took.
func (w *window) mean() float64 {
	if w.good == 0 {
		return 0
	}
	return float64(w.sum) / float64(w.good)
}

// queued reports whether answers look as if all had stood in one queue: it makes
// all of them late by about as much, where more work makes some very late and
// others hardly.
func (w *window) queued() bool { return float64(w.quickest) >= queueShape*w.mean() }

func (w *window) refused() bool {
	return float64(w.throttled) >= throttledShare*float64(w.samples)
}

// cut is what is left of a limit after a window of refusals, or one without a
// single good answer, which is the surest sign of all.
func (w *window) cut() float64 {
	if w.good == 0 && !w.refused() {
		return hardCut
	}
	return nextCut
}

// usual is what a key's answers take when all is well.
type usual struct {
	took    float64
	windows int
	learned int64 // when
}

func (u *usual) known() bool { return u.windows >= usualWindows }

// limit is how long an answer may take.
func (u *usual) limit() int64 {
	if !u.known() {
		return math.MaxInt64
	}
	return int64(max(u.took*slowFactor, u.took+float64(slowExcess)))
}

// learn takes the answers of a window in, of which there must be some: as one
// of the first few, or for the time that it stands for.
func (u *usual) learn(w *window, now int64) {
	took := float64(w.sum) / float64(w.good)
	u.windows++
	weight := max(1/float64(u.windows), min(float64(now-u.learned)/float64(usualFor), 1))
	u.took += (took - u.took) * weight
	u.learned = now
}

// lower takes a window in that is twice as good as usual, and no other: while a
// limit is in force, what is usual must not follow the queue that it allows.
func (u *usual) lower(w *window, now int64) {
	if w.good > 0 && 2*float64(w.sum) < u.took*float64(w.good) {
		u.learn(w, now)
	}
}

// become makes what late answers took what is usual.
func (u *usual) become(took int64, now int64) {
	*u = usual{took: float64(took), windows: usualWindows, learned: now}
}
