// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// The layers are told of changes by the methods here, with no lock held but
// telling, which no method that they call takes.

// joined returns who has joined. The slices are never written to.
func (f *Fleet) joined() ([]peer.Circuits, []peer.CoolDowns) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.circuits, f.coolDowns
}

// wants reports whether a lease would be of use to any breaker.
func (f *Fleet) wants(key string) bool {
	circuits, _ := f.joined()
	for _, c := range circuits {
		if c.Wants(key) {
			return true
		}
	}
	return false
}

// lend lets one breaker probe: the first that has use for it.
func (f *Fleet) lend(key string, d time.Duration) {
	circuits, _ := f.joined()
	for _, c := range circuits {
		if c.Wants(key) {
			c.Lend(key, d)
			return
		}
	}
	for _, c := range circuits { // wanted a moment ago; only who has the key hears it
		c.Lend(key, d)
	}
}

// spread tells the breakers of this process what one of them has found, for which
// the way by the engine would be long, or closed: these work again.
func (f *Fleet) spread(closed []id) {
	if len(closed) == 0 {
		return
	}
	f.telling.Lock()
	defer f.telling.Unlock()
	for _, k := range closed {
		f.mu.RLock()
		h := f.hosts[k]
		gone := f.closed || h != nil && h.open
		f.mu.RUnlock()
		if !gone {
			f.tell(change{id: k})
		}
	}
}

// letGo has the circuits that the fleet holds go on alone, each when its wait is over.
func (f *Fleet) letGo() {
	f.telling.Lock()
	defer f.telling.Unlock()
	now := time.Now()
	var changes []change
	f.walk(func(h *host) {
		c := f.change(h, now)
		h.leave(now)
		c.verdict.Valid = 0
		if c.open && h.id.subject == Circuit {
			changes = append(changes, c)
		}
	}, func() { changes = f.tellAll(changes) })
}

// A change is what the layers are to be told of one host.
type change struct {
	id      id
	open    bool
	verdict peer.Verdict
	flag    bool
	lend    time.Duration // let it be probed, and that is all
	recall  bool          // and no longer
}

// change returns what to tell of a host as it is. The lock must be held.
func (f *Fleet) change(h *host, now time.Time) change {
	c := change{id: h.id, flag: h.flag}
	c.verdict, c.open = f.verdict(h, now)
	return c
}

// tellAll passes changes on, and returns the slice, to be used again.
func (f *Fleet) tellAll(changes []change) []change {
	for _, c := range changes {
		f.tell(c)
	}
	return changes[:0]
}

// tell passes a change on. A cool-down ends by itself.
func (f *Fleet) tell(c change) {
	circuits, coolDowns := f.joined()
	switch {
	case c.id.subject == CoolDown:
		for _, l := range coolDowns {
			if c.open && c.verdict.Wait > 0 {
				l.Cool(c.id.key, c.verdict.Wait, c.flag)
			}
		}
	case c.lend > 0:
		for _, b := range circuits {
			b.Lend(c.id.key, c.lend)
		}
	case c.open:
		for _, b := range circuits {
			if c.recall {
				b.Lend(c.id.key, 0)
			}
			b.Open(c.id.key, c.verdict)
		}
	default:
		for _, b := range circuits {
			b.Close(c.id.key)
		}
	}
}
