// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// A feed holds the last events. Repeats of one within a moment are counted on
// it, so that a storm of rejections does not push everything else out.
type feed struct {
	mu      sync.Mutex // guards all
	version uint64     // counts changes
	next    uint64     // the id of the next item
	items   [FeedSize]item
	repeats map[sameness]uint64 // the last item of each kind, by id
}

// repeatTime is for how long an item counts repeats.
const repeatTime = 2 * time.Second

// An item is what is kept of an event: names and numbers, no error, no context.
type item struct {
	Event
	since   time.Time // as Event.At, by the clock that nobody sets back
	version uint64
	same    sameness
}

// sameness is what two events must have in common to be a repeat.
type sameness struct {
	kind    observe.Kind
	key     string
	reason  observe.Reason
	verdict classify.Reason
	status  int
	fleet   bool
}

func newFeed() feed { return feed{repeats: map[sameness]uint64{}, next: 1} }

func (f *feed) add(e *observe.Event) {
	same := sameness{e.Kind, e.Key, e.Reason, e.Verdict.Reason, e.Status, e.Fleet}
	began := time.Now()
	at := wall(began)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version++
	if id, ok := f.repeats[same]; ok {
		if it := f.at(id); began.Sub(it.since) < repeatTime {
			it.Count++
			it.Last, it.version = at, f.version
			return
		}
	}
	it := f.at(f.next)
	if it.ID != 0 && f.repeats[it.same] == it.ID { // it goes
		delete(f.repeats, it.same)
	}
	*it = item{Event: eventOf(e, f.next, at), since: began, version: f.version, same: same}
	delete(f.repeats, same)
	if !isChange(e.Kind) {
		f.repeats[same] = f.next
	}
	f.next++
}

// isChange reports whether events of the kind are told one by one.
func isChange(k observe.Kind) bool {
	return k == observe.CircuitOpened || k == observe.CircuitHalfOpened || k == observe.CircuitClosed
}

func (f *feed) at(id uint64) *item { return &f.items[id%FeedSize] }

// since returns what changed after a version, the oldest first, and the version
// now.
func (f *feed) since(version uint64) ([]Event, uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if version == f.version {
		return nil, version
	}
	var list []Event
	for id := max(f.next, FeedSize+1) - FeedSize; id < f.next; id++ {
		if it := f.at(id); it.version > version {
			list = append(list, it.Event)
		}
	}
	return list, f.version
}
