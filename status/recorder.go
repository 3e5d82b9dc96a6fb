// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

// A recorder is the observer of a page. It runs on the goroutines of calls, so
// it must not wait for anything, and must not allocate for a call that goes
// well.
type recorder struct {
	epoch time.Time
	keys  *keyed.Map[series]
	feed  feed
}

var _ observe.Observer = (*recorder)(nil)

func newRecorder() *recorder {
	return &recorder{epoch: time.Now(), keys: keyed.New[series](MaxKeys, nil, nil), feed: newFeed()}
}

// step numbers the slots of time. It begins late enough that all slots before it
// have a number too.
func (r *recorder) step() uint64 {
	return uint64(max(time.Since(r.epoch), 0)/slotTime) + slotCount
}

// maxKeyLen is what a key of the default form can have at most. A layer that is
// not ours may emit more.
const maxKeyLen = 1100

func (r *recorder) series(name string) *series {
	return &r.keys.Get(keyed.Key{Host: name[:min(len(name), maxKeyLen)]}).Value
}

// Observe counts an event, and puts it in the feed if people want to know.
func (r *recorder) Observe(e observe.Event) {
	switch e.Kind {
	case observe.AttemptFinished:
		r.attempt(&e)
		return
	case observe.RetryScheduled:
		r.series(e.Key).inTrouble().retried.add(r.step(), oneFirst)
	case observe.RetrySuppressed:
		r.series(e.Key).inTrouble().refused.add(r.step(), oneSecond)
	case observe.Rejected:
		r.series(e.Key).inTrouble().refused.add(r.step(), oneFirst)
	case observe.BodyFailed:
		r.failed(&e)
	case observe.CircuitOpened, observe.CircuitHalfOpened, observe.CircuitClosed,
		observe.Hedged, observe.HedgeSuppressed, observe.LimitChanged, observe.CoolDownStarted,
		observe.FleetLost, observe.FleetFound, observe.Misconfigured:
	case observe.KindNone, observe.CallFinished, observe.KeyAssigned:
		return
	default: // a kind that this version does not know
		return
	}
	r.feed.add(&e)
}

// attempt counts an attempt that returned. One that a layer refused was counted
// as such, and one that its caller gave up says nothing.
func (r *recorder) attempt(e *observe.Event) {
	switch {
	case e.Verdict.Class == classify.Success, e.Verdict.Class == classify.Terminal && e.Status != 0:
		r.series(e.Key).ended.add(r.step(), oneFirst)
	case e.Verdict.Class != classify.Unknown:
		r.failed(e)
	}
}

func (r *recorder) failed(e *observe.Event) {
	s := r.series(e.Key)
	s.ended.add(r.step(), oneSecond)
	s.inTrouble().note(failure{
		at: now(), kind: e.Kind, method: knownMethod(e.Method), status: e.Status, verdict: e.Verdict.Reason,
	})
}

// knownMethod returns a method that is no secret: a request can hold any.
func knownMethod(method string) string {
	switch method {
	case "", http.MethodGet:
		return http.MethodGet
	case http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace, "QUERY":
		return method
	}
	return "other"
}
