// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package budget

import (
	"net/http"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

// A Pool holds a bucket for each key that a retry was ever wanted for. Keys
// that never fail have none: a bucket that nobody took from is full, and a
// full bucket needs no memory. A nil Pool is a budget without bounds.
type Pool struct {
	rule    Rule
	buckets *keyed.Map[Bucket]
	spent   atomic.Bool
}

// NewPool returns a pool of at most limit buckets that fill by the rule. A
// bucket that is evicted comes back full.
func NewPool(rule Rule, limit int) *Pool {
	return &Pool{rule: rule, buckets: keyed.New(limit, func(b *Bucket, _ string) { b.Fill(rule) }, nil)}
}

// KeyOf returns what the bucket of a request is found by.
func (p *Pool) KeyOf(req *http.Request) keyed.Key { return keyed.Of(p.rule.Key, req) }

// Bucket returns the bucket of k, as large as it is now, for whoever is about to
// take from it and will have more to do with it. That of a nil Pool is nil, and without bounds.
func (p *Pool) Bucket(k keyed.Key) *Bucket {
	if p == nil {
		return nil
	}
	// Set before a token is gone, so that no success can miss the bucket.
	p.spent.Store(true)
	b := &p.buckets.Get(k).Value
	if p.rule.Recent != nil {
		b.size.Store(p.rule.size(p.rule.Recent(k)))
	}
	return b
}

// Take takes a token of k and reports whether there was one.
func (p *Pool) Take(k keyed.Key) bool { return p.Bucket(k).Take() }

// Idle reports whether no token was ever taken, so that there is nothing that
// a success could put back. It is all that a client without trouble pays.
func (p *Pool) Idle() bool { return p == nil || !p.spent.Load() }

// Credit tells of a success of k.
func (p *Pool) Credit(k keyed.Key) {
	if p.Idle() {
		return
	}
	if e := p.buckets.Peek(k); e != nil {
		e.Value.Credit()
	}
}

// Refund puts back a token of k that a successful retry had taken.
func (p *Pool) Refund(k keyed.Key) {
	if p.Idle() {
		return
	}
	if e := p.buckets.Peek(k); e != nil {
		e.Value.Refund()
	}
}

// Entries returns the buckets that the pool holds, in no given order.
func (p *Pool) Entries() []*keyed.Entry[Bucket] {
	if p == nil {
		return nil
	}
	return p.buckets.Entries()
}
