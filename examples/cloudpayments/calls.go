// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
)

// A callKind is what a call is about.
type callKind uint8

const (
	kindPayment      callKind = iota // with an idempotency key
	kindPaymentNoKey                 // without
	kindRefund                       // with an idempotency key
	kindLookup                       // of a payment that was made
	kindNoAmount                     // mistakes, from here on: 400
	kindBadAPIKey                    // 401
	kindLiveObject                   // 403
	kindUnknownID                    // 404
	kindDeclined                     // 422
	kindKeyReused                    // 422
	kinds
)

// weights say how many of 1000 calls are of each kind; read-only.
var weights = [kinds]int{ //nolint:gochecknoglobals // a constant table
	kindPayment: 540, kindPaymentNoKey: 80, kindRefund: 110, kindLookup: 150,
	kindNoAmount: 20, kindBadAPIKey: 10, kindLiveObject: 20, kindUnknownID: 20,
	kindDeclined: 40, kindKeyReused: 10,
}

// money reports whether calls of the kind ask for something to be applied.
func (k callKind) money() bool { return k <= kindRefund }

// mistake reports whether calls of the kind are meant to be turned down.
func (k callKind) mistake() bool { return k >= kindNoAmount }

// A call is one thing that the caller wants, the same however often it asks.
type call struct {
	kind           callKind
	reference      string // of the intent; also the request id
	method, path   string
	body           []byte
	apiKey         string
	idempotencyKey string

	// What the answer must say.
	status  int    // of a mistake
	code    string // of a mistake
	amount  int64
	payment string // of a refund or a look-up
}

// keyed reports whether the call may be asked again.
func (c *call) keyed() bool { return c.method == http.MethodGet || c.idempotencyKey != "" }

// A planner makes up calls. The kind, the amount and the card of a call depend
// on the seed and its number only; refunds and look-ups take a payment that was
// made by then, and are payments as long as there is none.
type planner struct {
	run  string // in front of all references
	seed uint64

	mu         sync.Mutex
	made       []receipt
	refundable []receipt
}

// A receipt is a payment that the caller knows to be made.
type receipt struct {
	id             string
	amount         int64
	idempotencyKey string
}

// paid notes a payment that was made.
func (p *planner) paid(r receipt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, r)
	if r.idempotencyKey != "" {
		p.refundable = append(p.refundable, r)
	}
}

// any returns one of the payments that were made.
func (p *planner) any(rng *rand.Rand) (receipt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.made) == 0 {
		return receipt{}, false
	}
	return p.made[rng.IntN(len(p.made))], true
}

// toRefund returns a payment that no other refund will get.
func (p *planner) toRefund() (receipt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.refundable) == 0 {
		return receipt{}, false
	}
	last := len(p.refundable) - 1
	r := p.refundable[last]
	p.refundable = p.refundable[:last]
	return r, true
}

// plan makes up call number i.
func (p *planner) plan(i int) *call {
	rng := rand.New(rand.NewPCG(p.seed, uint64(i))) //nolint:gosec // dice, not secrets
	kind, amount := pick(rng), 100+rng.Int64N(50_000)
	c := &call{
		kind: kind, reference: fmt.Sprintf("%s-%06d", p.run, i+1),
		apiKey: testAPIKey, amount: amount,
	}
	var r receipt
	ok := true
	switch kind { //nolint:exhaustive // the others need no earlier payment
	case kindRefund:
		r, ok = p.toRefund()
	case kindLookup, kindKeyReused:
		r, ok = p.any(rng)
		ok = ok && (kind == kindLookup || r.idempotencyKey != "")
	}
	if !ok {
		c.kind = kindPayment
	}
	c.fill(r, goodCard, rng)
	return c
}

// request returns the call as a request to the API at base.
func (c *call) request(ctx context.Context, base string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, c.method, base+c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.apiKey)
	req.Header.Set(headerRequestID, c.reference)
	if c.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.idempotencyKey != "" {
		req.Header.Set(headerIdempotencyKey, c.idempotencyKey)
	}
	return req, nil
}

// pick rolls a kind.
func pick(rng *rand.Rand) callKind {
	at := rng.IntN(1000)
	for k, weight := range weights {
		if at < weight {
			return callKind(k)
		}
		at -= weight
	}
	return kindPayment
}

// fill makes the request of the call, and what its answer must say.
func (c *call) fill(r receipt, card string, rng *rand.Rand) {
	c.idempotencyKey = "key-" + c.reference
	switch c.kind {
	case kindPayment, kinds:
		c.pay(card)
	case kindPaymentNoKey:
		c.idempotencyKey = ""
		c.pay(card)
	case kindRefund:
		c.amount, c.payment = r.amount/2, r.id
		c.post("/v1/refunds", refundRequest{Reference: c.reference, Payment: r.id, Amount: c.amount})
	case kindLookup:
		c.amount, c.payment = r.amount, r.id
		c.get(r.id)
	case kindNoAmount:
		c.amount = 0
		c.pay(card)
		c.refused(http.StatusBadRequest, codeParameterMissing)
	case kindBadAPIKey:
		c.apiKey = revokedAPIKey
		c.pay(card)
		c.refused(http.StatusUnauthorized, codeAPIKeyInvalid)
	case kindLiveObject:
		c.get(liveObject)
		c.refused(http.StatusForbidden, codeLiveObject)
	case kindUnknownID:
		c.get("pay_of_nobody")
		c.refused(http.StatusNotFound, codeNotFound)
	case kindDeclined:
		cards := []string{"card_no_funds", "card_no_funds", "card_expired", "card_lost"}
		card = cards[rng.IntN(len(cards))]
		c.pay(card)
		c.refused(http.StatusUnprocessableEntity, declines[card])
	case kindKeyReused:
		c.idempotencyKey = r.idempotencyKey
		c.pay(card)
		c.refused(http.StatusUnprocessableEntity, codeKeyReused)
	}
}

func (c *call) pay(card string) {
	c.post("/v1/payments", paymentRequest{Reference: c.reference, Amount: c.amount, Currency: "eur", Card: card})
}

func (c *call) post(path string, v any) {
	c.method, c.path = http.MethodPost, path
	c.body, _ = json.Marshal(v) //nolint:errchkjson // plain structs
}

func (c *call) get(id string) {
	c.method, c.path, c.idempotencyKey = http.MethodGet, "/v1/payments/"+id, ""
}

// refused says that the call is a mistake, and how it must be turned down.
func (c *call) refused(status int, code string) { c.status, c.code = status, code }
