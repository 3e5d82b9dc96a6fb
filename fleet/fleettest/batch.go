// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"math"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// A batch is one that is being carried out.
type batch struct {
	fleet.Batch
	space  *space
	now    time.Time
	tell   func(fleet.Message)
	leases []fleet.Lease
}

func (b *batch) do(op fleet.Op) {
	k := id{op.Subject, op.Key}
	e := b.space.live(k, b.now)
	switch op.Kind {
	case fleet.OpSeen:
		b.seen(op.Key)
	case fleet.OpReport:
		b.report(k, e, op)
	case fleet.OpWithdraw:
		delete(b.space.reports[k], b.Instance)
	case fleet.OpHold:
		if e == nil {
			b.report(k, e, op)
			return
		}
		b.free(e)
		b.open(k, e, op.Wait, fleet.KeepOf(op.Wait), op.Flag)
	case fleet.OpRestore:
		if e == nil && b.room(op.Subject) {
			b.open(k, &entry{}, op.Wait, min(op.Keep, fleet.MaxKeep), op.Flag)
		}
	case fleet.OpClose:
		b.close(k, e)
	case fleet.OpLease:
		b.lease(k, e, op.Keep)
	case fleet.OpRelease:
		if e != nil && b.free(e) {
			b.tell(b.message(fleet.Freed, k, e, b.space.mark.Revision))
		}
	case fleet.OpWorked:
		if e != nil {
			b.tell(b.message(fleet.Worked, k, e, b.space.mark.Revision))
		}
	case fleet.OpHelp:
		if e != nil && e.holder == b.Instance {
			b.tell(b.message(fleet.Help, k, e, b.space.mark.Revision))
		}
	}
}

func (b *batch) seen(key string) {
	callers := b.space.callers[key]
	if callers == nil {
		callers = map[string]time.Time{}
		b.space.callers[key] = callers
	}
	callers[b.Instance] = b.now
}

func (b *batch) report(k id, e *entry, op fleet.Op) {
	b.seen(k.key)
	if e != nil && k.subject == fleet.Circuit {
		return // all is said
	}
	reports := b.space.reports[k]
	if reports == nil {
		reports = map[string]report{}
		b.space.reports[k] = reports
	}
	reports[b.Instance] = report{
		began: b.now.Add(-op.Since), until: b.now.Add(op.Wait), flag: op.Flag,
		expires: b.now.Add(min(op.Keep, fleet.MaxKeep)),
	}
	count, longest, flag := b.count(k)
	if count < b.need(k.key) {
		return
	}
	wait := longest.Sub(b.now)
	if k.subject == fleet.CoolDown {
		if e == nil && b.room(k.subject) {
			b.open(k, &entry{}, wait, wait, flag)
		} else if e != nil && longest.After(e.until) {
			b.open(k, e, wait, wait, flag)
		}
		return
	}
	if wait <= 0 {
		wait = fleet.FirstWait
	}
	if b.room(k.subject) {
		b.open(k, &entry{}, wait, fleet.KeepOf(wait), false)
	}
}

// count returns how many reports count, the latest end of their waits, and what
// flag that one has.
func (b *batch) count(k id) (n int, longest time.Time, flag bool) {
	for name, r := range b.space.reports[k] {
		if !r.expires.After(b.now) {
			delete(b.space.reports[k], name)
			continue
		}
		if r.until.After(longest) {
			longest, flag = r.until, r.flag
		}
		if k.subject == fleet.CoolDown || r.flag || b.now.Sub(r.began) >= fleet.StreakTime {
			n++
		}
	}
	return n, longest, flag
}

func (b *batch) need(key string) int {
	share := b.Share * float64(b.space.countCallers(key, b.now))
	return max(b.Quorum, int(math.Ceil(share-1e-9)))
}

// room looks for what has expired now and then, at some of all, as the scripts do:
// what nobody has looked at counts, too.
func (b *batch) room(subject fleet.Subject) bool {
	entries := b.space.entries[subject]
	if len(entries) < b.MaxKeys {
		return true
	}
	if b.now.Before(b.space.full[subject]) {
		return false
	}
	b.space.full[subject] = b.now.Add(lookEvery)
	looked := 0
	for key, e := range entries { // which begins anywhere
		if !e.expires.After(b.now) {
			delete(entries, key)
		}
		if looked++; looked == lookAt {
			break
		}
	}
	return len(entries) < b.MaxKeys
}

func (b *batch) open(k id, e *entry, wait, keep time.Duration, flag bool) {
	e.until, e.expires, e.flag = b.now.Add(wait), b.now.Add(keep), flag
	b.space.entries[k.subject][k.key] = e
	b.changed(fleet.Opened, k, e)
}

func (b *batch) close(k id, e *entry) {
	if e == nil {
		delete(b.space.reports[k], b.Instance)
		return
	}
	delete(b.space.entries[k.subject], k.key)
	delete(b.space.reports, k)
	b.changed(fleet.Closed, k, &entry{})
}

func (b *batch) lease(k id, e *entry, keep time.Duration) {
	var l fleet.Lease
	switch {
	case e == nil:
	case e.until.After(b.now):
		l = fleet.Lease{Open: true, Left: e.until.Sub(b.now)}
	case e.holder != "" && e.holder != b.Instance && e.held.After(b.now):
		l = fleet.Lease{Open: true, Left: e.held.Sub(b.now)}
	default:
		news := e.holder != b.Instance
		e.holder, e.held = b.Instance, b.now.Add(keep)
		if news {
			held := entry{until: e.held, expires: e.expires, flag: e.flag}
			b.tell(b.message(fleet.Leased, k, &held, b.space.mark.Revision))
		}
		l = fleet.Lease{Open: true, Granted: true}
	}
	b.leases = append(b.leases, l)
}

// free ends the lease of e if the instance has it.
func (b *batch) free(e *entry) bool {
	if e.holder != b.Instance {
		return false
	}
	e.holder = ""
	return true
}

func (b *batch) changed(what fleet.What, k id, e *entry) {
	before := b.space.mark.Revision
	b.space.mark.Revision++
	b.tell(b.message(what, k, e, before))
}

func (b *batch) message(what fleet.What, k id, e *entry, before uint64) fleet.Message {
	return fleet.Message{
		Namespace: b.Namespace, What: what, Entry: e.tell(k, b.now),
		Before: before, After: b.space.mark.Revision, Instance: b.Instance,
	}
}
