// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"math"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// A server that fails gets a few probes while it cools down. It says when it
// expects to be back, and may be sooner (RFC 9110 §10.2.3). One that works, and
// wants less by a 429, means what it says, and gets none.
const (
	probes      = 5
	minProbeGap = time.Second

	// lostGap is when another may go for one that has asked the server nothing. The
	// circuit beneath turns them away until it lets a probe of its own through.
	lostGap = 100 * time.Millisecond
)

// Those who waited for the end of a cool-down come spread over a part of its
// length, so that they do not come as one. So do those whom a probe has called
// before the end, but closer together: the server works, as it has shown.
const (
	spreadShare     = 10 // a tenth
	maxSpread       = time.Second
	maxCalledSpread = maxSpread / 2
)

// A prospect is what an attempt to a key that cools down can expect.
type prospect struct {
	end   time.Duration   // how long it takes to the end; 0 or less where it is over
	turn  int64           // of a probe, which it has taken; 0 for none
	next  time.Duration   // how long it takes to the next one
	again <-chan struct{} // closed when it has to look again; nil where it may not wait
}

// lookLocked looks ahead for an attempt that may wait for as long as is left, and
// that waits already or begins to.
func (l *Limiter) lookLocked(k *key, now int64, left time.Duration, waits *bool) prospect {
	p := prospect{end: time.Duration(k.patienceUntil() - now)}
	p.next = time.Duration(max(k.lookAt, k.coolUntil.Load()) - now)
	switch {
	case p.end <= 0:
	case p.next <= 0:
		k.lookAt = now + k.every
		p.turn = k.lookAt
	case p.end <= left && (*waits || k.queue.size+k.cooling < l.maxWaiting):
		if !*waits {
			*waits = true
			k.cooling++
		}
		if k.again == nil {
			k.again = make(chan struct{})
		}
		p.again = k.again
	}
	return p
}

// coolOff waits for the end of a cool-down, or does not even begin to if that is
// too far away, or too many wait already. An attempt that may go before the end, as
// a probe, gets its turn.
func (l *Limiter) coolOff(k *key, req *http.Request, arrived int64) (turn int64, err error) {
	waits := false
	defer func() {
		if waits {
			k.mu.Lock()
			k.cooling--
			k.mu.Unlock()
		}
	}()
	for {
		now, bound := l.now(), untilDeadline(req)
		k.mu.Lock()
		p := l.lookLocked(k, now, min(l.maxWait-time.Duration(now-arrived), bound-1), &waits)
		k.mu.Unlock()
		switch {
		case p.end <= 0, p.turn != 0:
			return p.turn, nil
		case p.again == nil:
			return 0, l.reject(k, req, &Error{Key: k.name, Reason: observe.ReasonCoolDown, RetryAfter: p.end})
		}
		if err := p.rest(req, bound); err != nil {
			return 0, err
		}
	}
}

// untilDeadline returns how long the caller waits at most.
func untilDeadline(req *http.Request) time.Duration {
	if deadline, ok := req.Context().Deadline(); ok {
		return time.Until(deadline)
	}
	return math.MaxInt64
}

// rest waits for the end, for the next probe's turn, or until it has to look again.
func (p *prospect) rest(req *http.Request, bound time.Duration) error {
	began := time.Now()
	wait := p.end + upTo(min(p.end/spreadShare, maxSpread, bound-p.end)) // over MaxWait if need be: a herd is worse
	if p.next < p.end {
		wait = p.next + upTo(min(lostGap, p.end-p.next))
	}
	if err := pause(req, p.again, wait); err != nil {
		return err
	}
	select {
	case <-p.again:
		return pause(req, nil, upTo(min((p.end-time.Since(began))/spreadShare, maxCalledSpread)))
	default:
		return nil
	}
}

// upTo returns a time at random.
func upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(rand.Int64N(int64(d))) //nolint:gosec // jitter: nobody gains by guessing it
}

// probed takes the outcome of a probe. A good one ends the cool-down, and takes back
// what the fleet was told of it.
func (l *Limiter) probed(k *key, o outcome) {
	if o != answered {
		return
	}
	k.mu.Lock()
	k.endedUntil = max(k.endedUntil, k.downUntil.Swap(0))
	k.callLocked()
	if l.link != nil {
		k.news.AddLocked(cooling{failing: true})
	}
	k.mu.Unlock()
	l.announce(k)
}

// lost takes a turn back that has asked the server nothing, unless there was
// another since. Those who wait must not be spent on a circuit beneath that is open:
// while there are any, the next turn is when that lets a probe through. Where nobody
// waits, an attempt that takes the turn would have been rejected anyway.
func (k *key) lost(turn, now int64, err error) {
	k.mu.Lock()
	if k.lookAt == turn {
		gap := lostGap
		if e, ok := err.(interface{ RejectedWait() time.Duration }); ok && k.cooling > 0 { // what wraps it waits less
			gap = max(gap, e.RejectedWait())
		}
		k.lookAt = min(turn, now+int64(gap))
		k.callLocked()
	}
	k.mu.Unlock()
}

// callLocked has those who wait look again.
func (k *key) callLocked() {
	if k.again != nil {
		close(k.again)
		k.again = nil
	}
}
