// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"errors"
	"time"
)

// hear listens to the engine for as long as the Fleet lives.
func (f *Fleet) hear(ctx context.Context) {
	var retry backoff
	for {
		began := time.Now()
		_ = f.engine.Listen(ctx, f.cfg.namespace, func() { f.listens(true) }, f.receive) // the engine's health is known by its answers
		f.listens(false)
		if time.Since(began) > 10*time.Second {
			retry = backoff{}
		}
		if !pause(ctx, retry.next()) {
			return
		}
	}
}

// listens notes whether messages come. Before they did, some may have been lost.
func (f *Fleet) listens(yes bool) {
	f.mu.Lock()
	f.listening = yes
	f.mu.Unlock()
	if yes {
		poke(f.resync)
	}
}

// receive takes a message.
func (f *Fleet) receive(payload []byte) {
	m, err := ParseMessage(payload)
	if err == nil && m.Namespace != f.cfg.namespace {
		err = errForeign
	}
	switch {
	case err == nil:
		f.count.heard.Add(1)
		f.note(m)
	case errors.Is(err, errSize):
		f.count.size.Add(1)
	case errors.Is(err, errForeign):
		f.count.foreign.Add(1)
	default:
		f.count.garbage.Add(1)
	}
}

// note brings what is known up to date with a message, and tells the layers.
func (f *Fleet) note(m Message) {
	f.telling.Lock()
	defer f.telling.Unlock()
	now := time.Now()
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	c, news := f.learn(m, now)
	if m.Before == f.known.Revision && m.After > m.Before {
		f.known.Revision = m.After
		if h := f.hosts[id{m.Entry.Subject, m.Entry.Key}]; h != nil {
			h.heard = h.open
		}
	}
	f.mu.Unlock()
	if news {
		f.tell(c)
	}
}

// learn takes a message, and returns what to tell the layers. The lock must be
// held.
func (f *Fleet) learn(m Message, now time.Time) (c change, news bool) {
	k := id{m.Entry.Subject, m.Entry.Key}
	switch m.What {
	case Opened:
		h := f.host(k)
		if h == nil {
			return change{}, false
		}
		h.lease.after = m.Instance == f.cfg.instance
		f.set(h, m.Entry, now)
		c := f.change(h, now)
		c.recall, h.lent = h.lent.After(now), time.Time{}
		return c, c.open // one that has ended meanwhile is no news, and has not closed
	case Closed:
		if h := f.hosts[k]; h != nil {
			h.close(now)
		}
		return change{id: k}, true
	case Leased:
		f.leaveTo(m, now.Add(m.Entry.Wait))
	case Freed:
		f.leaveTo(m, now)
	case Worked:
		if h := f.hosts[k]; h != nil && h.open {
			h.lent = now.Add(lendAll)
			return change{id: k, lend: lendAll}, true
		}
	case Help:
		if h := f.hosts[k]; h != nil && h.open && m.Instance != f.cfg.instance && !h.lease.after && f.volunteers() {
			return change{id: k, lend: firstHope}, true
		}
	}
	return change{}, false
}

// leaveTo leaves the lease to another instance until then. The lock must be held.
func (f *Fleet) leaveTo(m Message, until time.Time) {
	h := f.hosts[id{m.Entry.Subject, m.Entry.Key}]
	if h != nil && h.open && m.Instance != f.cfg.instance && h.lease.ends.IsZero() && !h.lease.asked {
		f.tryAfter(h, until)
	}
}

// set takes what the fleet says of a host. The lock must be held.
func (f *Fleet) set(h *host, e Entry, now time.Time) {
	h.open, h.flag = true, e.Flag
	h.wait, h.expires = now.Add(e.Wait), now.Add(e.Keep)
	h.confirmed, h.touched = now, now
	h.unsure, h.restore = false, false
	h.pending &^= restoring
	if h.evidence == failing { // that is settled
		h.evidence = nothing
		h.pending &^= reporting
	}
	if h.id.subject == Circuit && h.lease.ends.IsZero() && !h.lease.asked {
		f.tryAfter(h, h.wait)
	}
}

// close takes the word of the fleet that a host works.
func (h *host) close(now time.Time) {
	h.leave(now)
	h.evidence, h.reported = nothing, false
	h.pending &^= reporting | holding | withdrawing
}

// leave takes a host out of the hands of the fleet. What this instance has seen of it
// stays.
func (h *host) leave(now time.Time) {
	h.open, h.touched = false, now
	h.listed, h.heard, h.unsure, h.restore = false, false, false, false
	h.lease, h.lent = leasing{}, time.Time{}
	h.pending &^= hoping | helping | asking | releasing | restoring
}
