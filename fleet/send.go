// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"time"
)

// send tells the engine what there is to tell, one batch at a time. What comes
// while a batch is under way waits for the next, and of one key only the last word
// counts, so a slow network makes batches larger and not later ones more.
func (f *Fleet) send(ctx context.Context) {
	var retry backoff
	var looked time.Time
	for {
		if !f.sleep(ctx, f.untilDue(looked)) {
			return
		}
		for {
			if now := time.Now(); now.Sub(looked) >= scanEvery {
				looked = now
				f.lookAfterLeases()
			}
			o, ok := f.take()
			f.spread(o.spread)
			if !ok {
				break
			}
			call, cancel := f.call(ctx)
			leases, err := f.engine.Apply(call, o.batch)
			cancel()
			f.settle(o, leases, err)
			if err == nil {
				retry = backoff{}
			} else if !pause(ctx, retry.next()) {
				return
			}
		}
	}
}

// sleep waits until there is something to do, and reports whether to go on.
func (f *Fleet) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-f.wake:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// A parcel is a batch, and where each of its ops comes from.
type parcel struct {
	batch Batch
	hosts []*host
	bits  []pending // what was pending of each
	at    time.Time
	// spread are those of which the other breakers have to hear that they closed.
	spread []id
}

// take makes a batch of what is queued.
func (f *Fleet) take() (parcel, bool) {
	now := time.Now()
	p := parcel{at: now, batch: f.batch()}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, h := range f.queue {
		if len(p.batch.Ops)+8 > MaxOps { // the most that one can have
			break
		}
		n++
		h.queued = false
		if h.pending&spreading != 0 && len(f.circuits) > 1 {
			p.spread = append(p.spread, h.id)
		}
		bits := f.inTime(h, now)
		h.pending = 0
		if ops := f.ops(h, bits, now); len(ops) > 0 {
			p.batch.Ops = append(p.batch.Ops, ops...)
			p.hosts, p.bits = append(p.hosts, h), append(p.bits, bits)
		}
	}
	clear(f.queue[:n])
	if n < len(f.queue) {
		f.queue = f.queue[n:]
	} else {
		f.queue = f.queue[:0]
	}
	return p, len(p.hosts) > 0
}

// inTime returns what is to be told of a host, without what has happened so long ago
// that it no longer matters. That a circuit is open still does.
func (f *Fleet) inTime(h *host, now time.Time) pending {
	bits := h.pending
	if bits&(closing|holding|hoping) == 0 || now.Sub(h.ordered) <= lateTime {
		return bits
	}
	f.count.late.Add(1)
	if bits&holding != 0 {
		bits |= reporting
	}
	return bits &^ (closing | holding | hoping)
}

func (f *Fleet) batch() Batch {
	return Batch{
		Namespace: f.cfg.namespace, Instance: f.cfg.instance,
		Quorum: f.cfg.quorum, Share: f.cfg.share, MaxKeys: f.cfg.maxKeys,
	}
}

// ops returns what to send for a host. What has happened comes before what is.
func (f *Fleet) ops(h *host, bits pending, now time.Time) []Op {
	var ops []Op
	add := func(op Op) {
		op.Subject, op.Key = h.id.subject, h.id.key
		ops = append(ops, op)
	}
	if bits&closing != 0 {
		add(Op{Kind: OpClose})
	}
	if bits&withdrawing != 0 {
		h.reported = false
		add(Op{Kind: OpWithdraw})
	}
	// The engine counts in milliseconds, and what is kept for none has ended.
	if keep := h.expires.Sub(now); bits&restoring != 0 && h.open && keep >= time.Millisecond {
		add(Op{Kind: OpRestore, Wait: max(h.wait.Sub(now), 0), Keep: keep, Flag: h.flag})
	}
	switch {
	case h.outdated(now):
	case bits&holding != 0 && h.evidence == opened:
		add(f.report(h, OpHold, now))
	case bits&reporting != 0 && h.evidence != nothing:
		add(f.report(h, OpReport, now))
	}
	if bits&hoping != 0 && h.open {
		add(Op{Kind: OpWorked})
	}
	if bits&helping != 0 && h.open {
		add(Op{Kind: OpHelp})
	}
	if bits&releasing != 0 {
		add(Op{Kind: OpRelease})
	}
	if bits&asking != 0 {
		add(Op{Kind: OpLease, Keep: h.lease.hopes() + leaseMargin})
	}
	return ops
}

// report makes a report of what is so now.
func (f *Fleet) report(h *host, kind OpKind, now time.Time) Op {
	h.reported, h.sent, h.told = true, now, h.until
	op := Op{Kind: kind, Wait: max(h.until.Sub(now), 0)}
	switch h.evidence {
	case failing:
		// What was not seen to fail is no part of the streak.
		op.Since, op.Wait, op.Keep = h.seen.Sub(h.since), 0, reportTime-now.Sub(h.seen)
	case opened:
		op.Flag, op.Keep = true, min(op.Wait+reportTime, MaxKeep)
	case cooling:
		op.Flag, op.Keep = h.flag, op.Wait
	case nothing:
	}
	return op
}

// settle takes the outcome of a batch.
func (f *Fleet) settle(p parcel, leases []Lease, err error) {
	if err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		for i, h := range p.hosts {
			f.unsent(h, p.bits[i])
		}
		return
	}
	f.count.sent.Add(uint64(len(p.batch.Ops)))
	for i, h := range p.hosts {
		if p.bits[i]&asking == 0 || len(leases) == 0 {
			continue
		}
		f.settleLease(h, leases[0], p.at)
		leases = leases[1:]
	}
}

// unsent queues again what is still so. It is not known whether the engine has
// heard it, but no op does harm if it comes twice. The lock must be held.
func (f *Fleet) unsent(h *host, bits pending) {
	var p pending
	now := time.Now()
	switch {
	case h.evidence == nothing:
		p = bits & (closing | withdrawing)
	case !h.outdated(now):
		p = bits & (holding | reporting)
	}
	if h.holds(now) {
		p |= bits & hoping
		if h.restore {
			p |= bits & restoring
		}
		if h.lease.ends.IsZero() {
			p |= bits & releasing
		} else {
			p |= bits & helping
		}
	}
	if bits&asking != 0 {
		f.askAgain(h)
	}
	if p != 0 {
		f.order(h, p)
	}
}

// backoff gives the waits between attempts to reach an engine: from a quarter of a
// second doubled to 2 s, a fifth more or less.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, 250*time.Millisecond), 2*time.Second)
	return around(b.last)
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
