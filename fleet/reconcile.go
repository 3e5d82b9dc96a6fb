// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

const (
	// seenEvery is how often an instance tells which keys it calls. The engine
	// remembers them three times as long.
	seenEvery = CallerTime / 3
	// maxSeen is how many it tells of at a time. Who calls more tells of some.
	maxSeen = 8 * MaxOps
)

// reconcile compares what is known with what the engine has, from time to time and
// whenever messages may have been lost. Messages make it fast; this makes it right.
func (f *Fleet) reconcile(ctx context.Context) {
	var retry backoff
	seen := time.Now().Add(around(time.Second))
	from := 0
	for {
		err := f.compare(ctx)
		if now := time.Now(); err == nil && !now.Before(seen) {
			seen = now.Add(around(seenEvery))
			from, err = f.tellSeen(ctx, from)
		}
		wait := around(f.cfg.every)
		if err == nil {
			retry = backoff{}
		} else {
			wait = retry.next()
		}
		if !f.restUntilLost(ctx, wait) {
			return
		}
	}
}

// restUntilLost waits until it is time to compare, and reports whether to go on.
func (f *Fleet) restUntilLost(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-f.resync:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// compare reads what is open for all, and tells the layers.
func (f *Fleet) compare(ctx context.Context) error {
	f.mu.RLock()
	known := f.known
	f.mu.RUnlock()
	call, cancel := f.call(ctx)
	defer cancel()
	asked := time.Now()
	list, err := f.engine.List(call, f.cfg.namespace, f.cfg.instance, known)
	if err != nil {
		now := time.Now()
		f.walk(func(h *host) { f.sweep(h, now) }, nil)
		return err
	}
	f.telling.Lock()
	defer f.telling.Unlock()
	f.merge(list, known, asked)
	return nil
}

// merge brings what is known up to date with a list, and tells the layers. What has
// changed since the list was asked for is newer than the list. It is done host by
// host, and calls have their say in between: what they say is newer, too.
func (f *Fleet) merge(list List, known Mark, asked time.Time) {
	now := time.Now()
	again := f.accept(list, known)
	lost := forgotten(list, known)
	listed := f.read(list.Entries, asked, now)
	var changes []change
	f.walk(func(h *host) {
		var c change
		switch {
		case !h.open:
		case list.Same:
			c = f.confirm(h, asked, now)
		case !listed[h.id] && !h.touched.After(asked):
			c = f.absent(h, lost, now)
		}
		if again || lost {
			f.reportAgain(h, now)
		}
		if !c.open {
			c = f.change(h, now)
		}
		if c.open {
			changes = append(changes, c)
		}
		f.sweep(h, now)
	}, func() { changes = f.tellAll(changes) })
}

// forgotten reports whether an engine has lost what it knew when it had a mark.
func forgotten(list List, known Mark) bool {
	return known != (Mark{}) && (list.Mark.Epoch != known.Epoch || list.Mark.Revision < known.Revision)
}

// accept notes what a list says of the fleet, and returns whether the engine has just
// returned.
func (f *Fleet) accept(list List, known Mark) (returned bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instances = list.Instances
	if f.known == known { // no message has come in between
		f.known = list.Mark
	}
	returned, f.returned = f.returned, false
	return returned
}

// read takes the entries of a list, and returns their names.
func (f *Fleet) read(entries []Entry, asked, now time.Time) (listed map[id]bool) {
	listed = make(map[id]bool, len(entries))
	for _, e := range entries {
		listed[id{e.Subject, e.Key}] = true
	}
	f.turns(len(entries), func(i int) {
		e := entries[i]
		if h := f.host(id{e.Subject, e.Key}); h != nil && !h.touched.After(asked) {
			f.set(h, e, now)
			h.listed = true
		}
	})
	return listed
}

// confirm takes the word that nothing has changed, which is true of what the engine
// has had, and returns whether the host goes on alone. Entries that end change no
// mark. The lock must be held.
func (f *Fleet) confirm(h *host, asked, now time.Time) change {
	switch {
	case (h.listed || h.heard) && !h.unsure:
		h.confirmed, h.listed = now, true
	case !h.touched.After(asked.Add(-f.cfg.every)): // or it may be under way
		return f.absent(h, false, now)
	}
	return change{}
}

// absent takes the word that the engine does not have a host. Either it has closed
// and the message was lost, or a replica that lacks it has become the master: that
// cannot be told apart, so its circuits go on alone, and probe by themselves. What an
// engine has plainly forgotten it is told again until it says so. The lock must be
// held.
func (f *Fleet) absent(h *host, lost bool, now time.Time) change {
	_, held := f.verdict(h, now)
	if held && (h.restore || lost && h.listed) {
		h.restore, h.listed, h.heard = true, false, false
		f.order(h, restoring)
		return change{}
	}
	wait := max(h.wait.Sub(now), 0)
	if !h.listed { // what only a message has said is not worth a long wait
		wait = min(wait, FirstWait)
	}
	h.leave(now)
	return change{id: h.id, open: held && h.id.subject == Circuit, verdict: peer.Verdict{Wait: wait}}
}

// reportAgain tells an engine that has forgotten it, or has not been there, what
// this instance has seen and is still so. The lock must be held.
func (f *Fleet) reportAgain(h *host, now time.Time) {
	if h.evidence != nothing && !h.outdated(now) && !h.holds(now) {
		f.order(h, reporting)
	}
}

// tellSeen tells the engine which keys this instance calls, beginning with the
// given one of them, and returns with which to begin the next time.
func (f *Fleet) tellSeen(ctx context.Context, from int) (int, error) {
	keys := f.active()
	n := min(len(keys), maxSeen)
	ops := make([]Op, 0, MaxOps)
	for i := range n {
		ops = append(ops, Op{Kind: OpSeen, Key: keys[(from+i)%len(keys)]})
		if len(ops) < MaxOps && i+1 < n {
			continue
		}
		b := f.batch()
		b.Ops = ops
		call, cancel := f.call(ctx)
		_, err := f.engine.Apply(call, b)
		cancel()
		if err != nil {
			return from, err
		}
		f.count.sent.Add(uint64(len(ops)))
		ops = ops[:0]
	}
	if len(keys) == 0 {
		return 0, nil
	}
	return (from + n) % len(keys), nil
}

// active returns the keys that are called, each once.
func (f *Fleet) active() []string {
	circuits, coolDowns := f.joined()
	known := map[string]bool{}
	var keys []string
	add := func(key string) bool {
		if !known[key] && validKey(key) {
			known[key] = true
			keys = append(keys, key)
		}
		return len(keys) < f.cfg.maxKeys
	}
	for _, c := range circuits {
		c.Active()(add)
	}
	for _, c := range coolDowns {
		c.Active()(add)
	}
	return keys
}
