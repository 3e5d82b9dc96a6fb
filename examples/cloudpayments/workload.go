// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// patience is how long the caller waits for one call, over all attempts.
const patience = 2500 * time.Millisecond

// maxAskings bounds how often a call is made, the first time included.
const maxAskings = 6

// A shop makes calls, and asks again for those that it does not know the end
// of.
type shop struct {
	client  *http.Client
	base    string // of the API's addresses
	judge   judge
	tally   *tally
	planner *planner
	workers int
	rate    float64 // calls begun in a second; 0 for no limit
	// begun is told how many calls have begun; it must not block.
	begun  func(n int)
	counts counts

	mu       sync.Mutex
	underWay int
	waiting  []*asked // to be asked again
	asked    []*asked // all that is to be audited
}

// An asked is a call and how it ended, the last time that it was made.
type asked struct {
	call *call
	ending
	times   int     // that it was made
	first   endKind // how it ended the first time
	unknown bool    // it ended in endUnknown, now or earlier
}

// open reports whether the caller does not know what became of the call.
func (a *asked) open() bool { return a.kind == endUnknown || a.kind == endNotSent }

// again reports whether it is asked again. That does no harm with an
// idempotency key, or while there is proof that it never arrived.
func (a *asked) again() bool {
	return a.open() && a.times < maxAskings && (a.call.keyed() || !a.unknown)
}

// run makes n calls, and then asks again for what was left open.
func (s *shop) run(ctx context.Context, n int) {
	jobs := make(chan *asked)
	var wg sync.WaitGroup
	for range min(s.workers, n) {
		wg.Go(func() {
			for a := range jobs {
				s.ask(ctx, a)
				until := a.notBefore
				s.keep(a) // from here on another worker may have it
				heed(ctx, until)
			}
		})
	}
	s.pace(ctx, n, func(i int) *asked { return &asked{call: s.planner.plan(i)} }, jobs)
	if ctx.Err() == nil {
		s.tally.mark("the last call has begun; what was left open is asked again")
	}
	for {
		ready, more := s.ready()
		s.pace(ctx, len(ready), func(i int) *asked { return ready[i] }, jobs)
		const step = 10 * time.Millisecond
		if !more || sleep(ctx, step) != nil {
			break
		}
	}
	close(jobs)
	wg.Wait()
}

// heed keeps a worker from calling for as long as an open circuit said. Waiting
// is all that its next call could do, too.
func heed(ctx context.Context, until time.Time) {
	const limit = 2 * time.Second
	if wait := time.Until(until); wait > 0 {
		_ = sleep(ctx, min(wait, limit))
	}
}

// keep remembers a call that has ended, if it is to be asked again or audited.
func (s *shop) keep(a *asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underWay--
	if a.again() {
		s.waiting = append(s.waiting, a)
	}
	if a.call.kind.money() && a.times == 1 {
		s.asked = append(s.asked, a)
	}
}

// ready takes the calls that can be asked again by now. It reports whether
// there are more, or may be.
func (s *shop) ready() (ready []*asked, more bool) {
	// The first pause gives a request that is still being worked on the time to
	// end; then each is twice the one before.
	const pause = 100 * time.Millisecond
	s.mu.Lock()
	defer s.mu.Unlock()
	more = len(s.waiting) > 0 || s.underWay > 0
	s.waiting = slices.DeleteFunc(s.waiting, func(a *asked) bool {
		if time.Since(a.ended) < pause<<(a.times-1) {
			return false
		}
		ready = append(ready, a)
		return true
	})
	return ready, more
}

// pace hands out n calls at the rate of the shop, until ctx is done. What could
// not be handed out in time, because all workers were busy, is made up for.
func (s *shop) pace(ctx context.Context, n int, get func(i int) *asked, jobs chan<- *asked) {
	const step = 5 * time.Millisecond
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	start := time.Now()
	for i := 0; i < n; {
		due := n
		if s.rate > 0 {
			due = min(n, 1+int(s.rate*time.Since(start).Seconds()))
		}
		for ; i < due; i++ {
			s.start()
			select {
			case jobs <- get(i):
			case <-ctx.Done():
				return
			}
		}
		if i == n {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *shop) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underWay++
}

// ask makes one call and judges how it ended.
func (s *shop) ask(ctx context.Context, a *asked) {
	a.times++
	if a.times == 1 && s.begun != nil {
		s.begun(s.counts.begin())
	}
	rec := newCallRecord()
	ctx, cancel := context.WithTimeout(withRecord(ctx, rec), patience)
	defer cancel()
	c := a.call
	req, err := c.request(ctx, s.base)
	if err != nil {
		a.ending = a.lost("no request could be made: %v", err)
		return
	}

	start := time.Now()
	resp, err := s.client.Do(req) // the judge closes the body
	e := s.judge.judge(c, rec, resp, err)
	e.ended = time.Now()
	e.took = e.ended.Sub(start)

	a.ending = e
	a.unknown = a.unknown || e.kind == endUnknown
	when := askingAgain
	if a.times == 1 {
		when, a.first = firstAsking, e.kind
	}
	s.counts.add(c, e, when)
	if e.kind == endAnswered && (c.kind == kindPayment || c.kind == kindPaymentNoKey) {
		s.planner.paid(receipt{e.id, c.amount, c.idempotencyKey})
	}
}
