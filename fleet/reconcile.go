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
		f.mu.Lock()
		defer f.mu.Unlock()
		f.sweep(time.Now())
		return err
	}
	f.telling.Lock()
	defer f.telling.Unlock()
	for _, c := range f.merge(list, known, asked) {
		f.tell(c)
	}
	return nil
}

// merge brings what is known up to date with a list, and returns what to tell the
// layers. What has changed since the list was asked for is newer than the list.
func (f *Fleet) merge(list List, known Mark, asked time.Time) []change {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.instances = list.Instances
	var changes []change
	lost := known != (Mark{}) && (list.Mark.Epoch != known.Epoch || list.Mark.Revision < known.Revision)
	if list.Same {
		changes = f.confirm(asked, now)
	} else {
		if f.known == known { // no message has come in between
			f.known = list.Mark
		}
		changes = f.read(list, lost, asked, now)
	}
	if lost {
		f.reportAgain()
	}
	for _, h := range f.hosts {
		if c := f.change(h, now); c.open {
			changes = append(changes, c)
		}
	}
	f.sweep(now)
	return changes
}

// confirm takes the word that nothing has changed, which is true of what the engine
// has had, and returns what goes on alone. Entries that end change no mark. The lock
// must be held.
func (f *Fleet) confirm(asked, now time.Time) (alone []change) {
	for _, h := range f.hosts {
		switch {
		case !h.open:
		case (h.listed || h.heard) && !h.unsure:
			h.confirmed, h.listed = now, true
		case h.restore || !h.touched.After(asked.Add(-f.cfg.every)): // or it may be under way
			if c := f.absent(h, false, now); c.open {
				alone = append(alone, c)
			}
		}
	}
	return alone
}

// read takes the entries of a list, and returns what goes on alone. The lock must be
// held.
func (f *Fleet) read(list List, lost bool, asked, now time.Time) (alone []change) {
	listed := make(map[id]bool, len(list.Entries))
	for _, e := range list.Entries {
		k := id{e.Subject, e.Key}
		listed[k] = true
		if h := f.host(k); h != nil && !h.touched.After(asked) {
			f.set(h, e, now)
			h.listed = true
		}
	}
	for k, h := range f.hosts {
		if !h.open || listed[k] || h.touched.After(asked) {
			continue
		}
		if c := f.absent(h, lost, now); c.open {
			alone = append(alone, c)
		}
	}
	return alone
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
func (f *Fleet) reportAgain() {
	now := time.Now()
	for _, h := range f.hosts {
		if h.evidence != nothing && !h.outdated(now) && !h.holds(now) {
			f.order(h, reporting)
		}
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
