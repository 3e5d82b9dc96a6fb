// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"cmp"
	"encoding/base64"
	"math/bits"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
)

// A row is a key, before it is known whether it will be shown.
type row struct {
	transport.Key
	series *series // nil where nothing was heard of it
	recent Counts
	rank   int // the higher, the further up
}

// The ranks of keys. From rankFailing on a key is in trouble.
const (
	rankFine    = iota
	rankFlaky   // something went wrong
	rankHeld    // closed by hand
	rankFailing // a twentieth goes wrong
	rankHalfOpen
	rankOpen
)

func (r *row) inTrouble() bool { return r.rank >= rankFailing }

// rows returns all keys, those in trouble first.
func (p *Page) rows() ([]row, transport.Snapshot) {
	var seen transport.Snapshot
	if p.stack != nil {
		seen = p.stack.Snapshot()
	}
	entries := p.recorder.keys.Entries()
	heard := make(map[string]*series, len(entries))
	for _, e := range entries {
		heard[e.Name] = &e.Value
	}
	list := make([]row, 0, max(len(seen.Keys), len(entries)))
	for _, k := range seen.Keys {
		list = append(list, row{Key: k, series: heard[k.Key]})
		delete(heard, k.Key)
	}
	for name, s := range heard { // without a circuit, or no longer
		list = append(list, row{Key: transport.Key{Key: name}, series: s})
	}
	step := p.recorder.step()
	for i := range list {
		list[i].weigh(step)
	}
	slices.SortFunc(list, func(x, y row) int {
		return cmp.Or(cmp.Compare(y.rank, x.rank), cmp.Compare(y.size(), x.size()), cmp.Compare(x.Key.Key, y.Key.Key))
	})
	return list, seen
}

// weigh sums up what happened and says how bad it is.
func (r *row) weigh(step uint64) {
	failing := r.Budget != nil && r.Budget.Tokens < 1 || r.Limit != nil && r.Limit.CoolDown > 0
	flaky := failing
	if r.series != nil {
		r.recent = r.series.counts(step, slotCount)
		if flaky = flaky || r.recent.bad() > 0; flaky {
			c := r.series.counts(step, minute)
			failing = failing || c.bad() > 0 && 20*c.bad() >= c.Succeeded+c.bad()
		}
	}
	switch {
	case r.Circuit.State == breaker.Open:
		r.rank = rankOpen
	case r.Circuit.State == breaker.HalfOpen:
		r.rank = rankHalfOpen
	case failing:
		r.rank = rankFailing
	case r.Circuit.Forced:
		r.rank = rankHeld
	case flaky:
		r.rank = rankFlaky
	}
}

func (c *Counts) bad() uint64 { return c.Failed + c.Rejected }

// size orders keys of a rank by how much goes wrong. It is coarse, so that rows
// do not change places all the time.
func (r *row) size() int {
	if r.rank != rankFailing {
		return 0
	}
	return bits.Len64(r.recent.bad()) / 4
}

// report returns what the filter asks for.
func (p *Page) report(f filter) Report {
	rows, seen := p.rows()
	r := Report{
		Name: p.name, At: now(), Since: wall(p.recorder.epoch), Layers: seen.Layers,
		SpanMS: span.Milliseconds(), SlotMS: slotTime.Milliseconds(),
		Keys: []Key{}, Feed: []Event{},
	}
	if r.Layers == nil {
		r.Layers = []string{}
	}
	for i := range rows {
		r.Totals.add(&rows[i])
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return !f.pass(&r) })
	r.Matching, r.Pages = len(rows), max(1, (len(rows)+PageSize-1)/PageSize)
	r.Page = min(f.page, r.Pages)
	step := p.recorder.step()
	for i := (r.Page - 1) * PageSize; i < min(r.Page*PageSize, len(rows)); i++ {
		r.Keys = append(r.Keys, rows[i].report(step))
	}
	events, _ := p.recorder.feed.since(0)
	for _, e := range slices.Backward(events) {
		if f.passText(e.Key) {
			r.Feed = append(r.Feed, e)
		}
	}
	return r
}

func (t *Totals) add(r *row) {
	one := func(n *int, when bool) {
		if when {
			*n++
		}
	}
	t.Keys++
	one(&t.Trouble, r.inTrouble())
	one(&t.Open, r.Circuit.State == breaker.Open)
	one(&t.HalfOpen, r.Circuit.State == breaker.HalfOpen)
	one(&t.Closed, r.Circuit.State == breaker.Closed)
	one(&t.Forced, r.Circuit.Forced)
	one(&t.Fleet, r.Circuit.Fleet)
	t.Recent.Succeeded += r.recent.Succeeded
	t.Recent.Failed += r.recent.Failed
	t.Recent.Retries += r.recent.Retries
	t.Recent.Suppressed += r.recent.Suppressed
	t.Recent.Rejected += r.recent.Rejected
}

// report returns the key as it is shown.
func (r *row) report(step uint64) Key {
	c := &r.Circuit
	k := Key{
		Key: clean(r.Key.Key, maxKeyLen), ID: idOf(r.Key.Key), Trouble: r.inTrouble(),
		Circuit: Circuit{
			State: c.State.String(), Forced: c.Forced, Fleet: c.Fleet, RetryAfterMS: ceilMS(c.RetryAfter),
			Successes: c.Successes, Failures: c.Failures, Rejected: c.Rejected,
		},
		Limit: limitOf(&r.Key), Hedging: hedgingOf(&r.Key), Recent: r.recent,
	}
	if b := r.Budget; b != nil {
		k.Budget = &Budget{Tokens: b.Tokens, Retries: b.Retries, Refused: b.Refused}
	}
	if r.series == nil {
		return k
	}
	k.History = r.series.history(step)
	if t := r.series.trouble.Load(); t != nil {
		for _, f := range t.last() {
			k.Errors = append(k.Errors, Error{
				At: f.at, Kind: f.kind.String(), Method: f.method, Status: f.status, Reason: f.verdict.String(),
			})
		}
	}
	return k
}

// limitOf returns the limit of a key, or nil where there is none. The page has a
// column for it as soon as one key has a limit.
func limitOf(k *transport.Key) *Limit {
	l := k.Limit
	if l == nil {
		return nil
	}
	return &Limit{Limit: l.Limit, InFlight: l.InFlight, Waiting: l.Waiting, CoolDownMS: ceilMS(l.CoolDown), Fleet: l.Fleet}
}

// hedgingOf returns what is known for hedges of a key, or nil.
func hedgingOf(k *transport.Key) *Hedging {
	h := k.Hedging
	if h == nil {
		return nil
	}
	return &Hedging{DelayMS: ceilMS(h.Delay), Hedges: h.Hedges, Won: h.Won, Suppressed: h.Suppressed}
}

// ceilMS rounds up, so that what is left is not told as nothing.
func ceilMS(d time.Duration) int64 {
	return (d + time.Millisecond - 1).Milliseconds()
}

// idOf returns the key in a form that a form hands back as it was.
func idOf(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }
