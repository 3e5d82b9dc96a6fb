// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync"
)

// A ledger holds what was applied, and the answers that belong to idempotency
// keys. It applies what it is asked to, as often as it is asked: only the keys
// keep a payment from being applied twice. That is what makes it a witness.
// It is safe for concurrent use.
type ledger struct {
	mu       sync.Mutex
	objects  map[string]object
	refunded map[string]int64 // by payment
	keys     map[string]*keyUse
	serial   int
}

// A keyUse is the first request that came with an idempotency key.
type keyUse struct {
	request fingerprint
	done    bool
	answer  answer
}

// A fingerprint tells one request from another under the same key.
type fingerprint [sha256.Size]byte

func newLedger() *ledger {
	return &ledger{objects: map[string]object{}, refunded: map[string]int64{}, keys: map[string]*keyUse{}}
}

// A keyState is what the ledger knows of an idempotency key.
type keyState uint8

const (
	keyFresh    keyState = iota // now claimed by this request
	keyInFlight                 // the first request is being worked on
	keyAnswered                 // the first request has its answer
	keyMisused                  // the first request was another one
)

// claim reserves key for a request. For keyAnswered it returns the answer. A
// claim of keyFresh must be followed by commit or by release.
func (l *ledger) claim(key string, request fingerprint) (keyState, answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	use := l.keys[key]
	switch {
	case use == nil:
		l.keys[key] = &keyUse{request: request}
		return keyFresh, answer{}
	case use.request != request:
		return keyMisused, answer{}
	case !use.done:
		return keyInFlight, answer{}
	}
	return keyAnswered, use.answer
}

// release gives up the claim of a request that did no work. After commit it
// does nothing.
func (l *ledger) release(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if use := l.keys[key]; use != nil && !use.done {
		delete(l.keys, key)
	}
}

// commit does the work and keeps its answer for the key in one step, so that
// nothing can come between. An empty key keeps nothing.
func (l *ledger) commit(key string, workLocked func() answer) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := workLocked()
	if key != "" {
		use := l.keys[key]
		use.done, use.answer = true, a
	}
	return a
}

// payLocked applies a payment, or declines the card.
func (l *ledger) payLocked(in paymentRequest) answer {
	if code, ok := declines[in.Card]; ok {
		return problem{code, "card"}.answer()
	}
	o := object{Object: objectPayment, Reference: in.Reference, Amount: in.Amount, Currency: in.Currency}
	return newAnswer(http.StatusCreated, l.applyLocked("pay", o))
}

// refundLocked applies a refund of what is left of a payment.
func (l *ledger) refundLocked(in refundRequest) answer {
	payment, ok := l.objects[in.Payment]
	if !ok || payment.Object != objectPayment {
		return problem{codeNotFound, "payment"}.answer()
	}
	if l.refunded[payment.ID]+in.Amount > payment.Amount {
		return problem{codeRefundTooLarge, "amount"}.answer()
	}
	l.refunded[payment.ID] += in.Amount
	o := object{Object: objectRefund, Reference: in.Reference, Amount: in.Amount, Currency: payment.Currency, Payment: payment.ID}
	return newAnswer(http.StatusCreated, l.applyLocked("ref", o))
}

func (l *ledger) applyLocked(prefix string, o object) object {
	l.serial++
	o.ID = fmt.Sprintf("%s_%06d", prefix, l.serial)
	l.objects[o.ID] = o
	return o
}

// find returns the object of that id.
func (l *ledger) find(id string) (object, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o, ok := l.objects[id]
	return o, ok
}

// byReference returns all entries, by the reference of the intent that they
// carry out. More than one under a reference is an intent applied twice.
func (l *ledger) byReference() map[string][]object {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make(map[string][]object, len(l.objects))
	for _, o := range l.objects {
		entries[o.Reference] = append(entries[o.Reference], o)
	}
	return entries
}
