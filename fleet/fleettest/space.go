// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"math"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// A space is all that a server knows of one namespace. The server's lock guards
// it.
type space struct {
	name      string
	mark      fleet.Mark
	entries   map[id]*entry
	reports   map[id]map[string]report
	callers   map[string]map[string]time.Time
	instances map[string]time.Time
	full      [2]time.Time // for each subject, when to look again for what has expired
	listeners map[*listener]struct{}
}

// fullTime is how long a space that is full does not look for what has expired.
const fullTime = time.Second

type id struct {
	subject fleet.Subject
	key     string
}

// An entry is a key that is open or cools down for all.
type entry struct {
	until   time.Time // the end of the wait
	expires time.Time
	flag    bool
	holder  string // of the lease
	held    time.Time
}

// A report is the evidence of one instance.
type report struct {
	began   time.Time // the streak
	until   time.Time // the end of the wait
	expires time.Time
	flag    bool
}

func (sp *space) forget(epoch uint64) {
	sp.mark = fleet.Mark{Epoch: epoch}
	sp.entries = map[id]*entry{}
	sp.reports = map[id]map[string]report{}
	sp.callers = map[string]map[string]time.Time{}
	sp.instances = map[string]time.Time{}
	sp.full = [2]time.Time{}
}

func (sp *space) prune(now time.Time) {
	for k, e := range sp.entries {
		if !e.expires.After(now) {
			delete(sp.entries, k)
		}
	}
	for k, reports := range sp.reports {
		for name, r := range reports {
			if !r.expires.After(now) {
				delete(reports, name)
			}
		}
		if len(reports) == 0 {
			delete(sp.reports, k)
		}
	}
	for key := range sp.callers {
		if sp.countCallers(key, now) == 0 {
			delete(sp.callers, key)
		}
	}
	drop(sp.instances, now)
}

func (sp *space) countCallers(key string, now time.Time) int {
	drop(sp.callers[key], now)
	return len(sp.callers[key])
}

// drop removes who was not heard of lately.
func drop(times map[string]time.Time, now time.Time) {
	for name, at := range times {
		if now.Sub(at) > fleet.CallerTime {
			delete(times, name)
		}
	}
}

func (sp *space) list(now time.Time) []fleet.Entry {
	var all []fleet.Entry
	for k, e := range sp.entries {
		if e.expires.After(now) {
			all = append(all, e.tell(k, now))
		}
	}
	return all
}

// live returns the entry of a key, or nil.
func (sp *space) live(k id, now time.Time) *entry {
	e := sp.entries[k]
	if e == nil || !e.expires.After(now) {
		return nil
	}
	return e
}

func (e *entry) tell(k id, now time.Time) fleet.Entry {
	return fleet.Entry{
		Subject: k.subject, Key: k.key, Flag: e.flag,
		Wait: max(e.until.Sub(now), 0), Keep: max(e.expires.Sub(now), 0),
	}
}

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

// room looks for what has expired once a second, as the scripts do: until the next
// look that counts, too.
func (b *batch) room(subject fleet.Subject) bool {
	if len(b.space.entries) < b.MaxKeys {
		return true
	}
	n := 0
	for k := range b.space.entries {
		if k.subject == subject {
			n++
		}
	}
	if n < b.MaxKeys {
		return true
	}
	if b.now.Before(b.space.full[subject]) {
		return false
	}
	b.space.full[subject] = b.now.Add(fullTime)
	for k, e := range b.space.entries {
		if k.subject == subject && !e.expires.After(b.now) {
			delete(b.space.entries, k)
			n--
		}
	}
	return n < b.MaxKeys
}

func (b *batch) open(k id, e *entry, wait, keep time.Duration, flag bool) {
	e.until, e.expires, e.flag = b.now.Add(wait), b.now.Add(keep), flag
	b.space.entries[k] = e
	b.changed(fleet.Opened, k, e)
}

func (b *batch) close(k id, e *entry) {
	if e == nil {
		delete(b.space.reports[k], b.Instance)
		return
	}
	delete(b.space.entries, k)
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
