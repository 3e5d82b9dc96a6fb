// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"maps"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// A space is all that a server knows of one namespace. The server's lock guards
// it.
type space struct {
	name      string
	mark      fleet.Mark
	entries   [2]map[string]*entry // for each subject, by key
	reports   map[id]map[string]report
	callers   map[string]map[string]time.Time
	instances map[string]time.Time
	full      [2]time.Time // for each subject, when to look again for what has expired
	listeners map[*listener]struct{}
}

// A space that is full looks for what has expired at lookAt entries at most, and no
// sooner than lookEvery after the last time.
const (
	lookAt    = 1000
	lookEvery = 100 * time.Millisecond
)

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
	sp.entries = [2]map[string]*entry{{}, {}}
	sp.reports = map[id]map[string]report{}
	sp.callers = map[string]map[string]time.Time{}
	sp.instances = map[string]time.Time{}
	sp.full = [2]time.Time{}
}

func (sp *space) prune(now time.Time) {
	for _, entries := range sp.entries {
		maps.DeleteFunc(entries, func(_ string, e *entry) bool { return !e.expires.After(now) })
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
	for subject, entries := range sp.entries {
		for key, e := range entries {
			if e.expires.After(now) {
				all = append(all, e.tell(id{fleet.Subject(subject), key}, now))
			}
		}
	}
	return all
}

// live returns the entry of a key, or nil.
func (sp *space) live(k id, now time.Time) *entry {
	e := sp.entries[k.subject][k.key]
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
