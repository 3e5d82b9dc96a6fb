// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// The credentials of the merchant. The service knows one, of its test mode,
// so every object of its live mode is out of reach.
const (
	testAPIKey    = "test_merchant"
	revokedAPIKey = "test_revoked"
	liveObject    = "pay_live_000001"
	livePrefix    = "pay_live_"
)

// Headers of the API. A request id names one call; every attempt of the call
// carries the same, and so does asking again later.
const (
	headerIdempotencyKey = "Idempotency-Key"
	headerRequestID      = "X-Request-Id"
	headerReplayed       = "Idempotent-Replayed"
)

// Error codes of the API.
const (
	codeParameterMissing = "parameter_missing"
	codeParameterInvalid = "parameter_invalid"
	codeAPIKeyInvalid    = "api_key_invalid"
	codeLiveObject       = "live_object"
	codeNotFound         = "not_found"
	codeKeyInUse         = "idempotency_key_in_use"
	codeKeyReused        = "idempotency_key_reused"
	codeRefundTooLarge   = "refund_too_large"
	codeNoFunds          = "insufficient_funds"
	codeExpiredCard      = "expired_card"
	codeLostCard         = "lost_card"
)

// statuses tells the status of each error code, and what it means.
var statuses = map[string]struct { //nolint:gochecknoglobals // a constant table
	status  int
	message string
}{
	codeParameterMissing: {http.StatusBadRequest, "a parameter is missing"},
	codeParameterInvalid: {http.StatusBadRequest, "a parameter is not what it should be"},
	codeAPIKeyInvalid:    {http.StatusUnauthorized, "the API key is missing, unknown or revoked"},
	codeLiveObject:       {http.StatusForbidden, "a live object was asked for with a test key"},
	codeNotFound:         {http.StatusNotFound, "there is no such object"},
	codeKeyInUse:         {http.StatusConflict, "the first request with this idempotency key is still being worked on"},
	codeKeyReused:        {http.StatusUnprocessableEntity, "this idempotency key was used with another body"},
	codeRefundTooLarge:   {http.StatusUnprocessableEntity, "the refund is larger than what is left of the payment"},
	codeNoFunds:          {http.StatusUnprocessableEntity, "the card was declined"},
	codeExpiredCard:      {http.StatusUnprocessableEntity, "the card was declined"},
	codeLostCard:         {http.StatusUnprocessableEntity, "the card was declined"},
}

// declines tells which cards are declined, and by what code.
var declines = map[string]string{ //nolint:gochecknoglobals // a constant table
	"card_no_funds": codeNoFunds, "card_expired": codeExpiredCard, "card_lost": codeLostCard,
}

const goodCard = "card_ok"

// paymentRequest is the body of POST /v1/payments.
type paymentRequest struct {
	Reference string `json:"reference"`
	Amount    int64  `json:"amount,omitempty"`
	Currency  string `json:"currency"`
	Card      string `json:"card"`
}

func (p paymentRequest) check() *problem {
	switch {
	case p.Reference == "":
		return missing("reference")
	case p.Amount == 0:
		return missing("amount")
	case p.Amount < 0:
		return &problem{codeParameterInvalid, "amount"}
	case p.Currency == "":
		return missing("currency")
	case p.Card == "":
		return missing("card")
	}
	return nil
}

// refundRequest is the body of POST /v1/refunds.
type refundRequest struct {
	Reference string `json:"reference"`
	Payment   string `json:"payment"`
	Amount    int64  `json:"amount,omitempty"`
}

func (r refundRequest) check() *problem {
	switch {
	case r.Reference == "":
		return missing("reference")
	case r.Payment == "":
		return missing("payment")
	case r.Amount == 0:
		return missing("amount")
	case r.Amount < 0:
		return &problem{codeParameterInvalid, "amount"}
	case strings.HasPrefix(r.Payment, livePrefix):
		return &problem{codeLiveObject, "payment"}
	}
	return nil
}

// An object is a payment or a refund, in the ledger and on the wire.
type object struct {
	ID        string `json:"id"`
	Object    string `json:"object"`
	Reference string `json:"reference"`
	Amount    int64  `json:"amount"`
	Currency  string `json:"currency"`
	Payment   string `json:"payment,omitempty"`
}

// The values of object.Object.
const (
	objectPayment = "payment"
	objectRefund  = "refund"
)

// A problem is an error of the API: a code that a program can act on, and the
// name of the parameter that is at fault, if it is one.
type problem struct{ code, param string }

func missing(param string) *problem { return &problem{codeParameterMissing, param} }

// answer returns the problem as it goes over the wire.
func (p problem) answer() answer {
	meaning := statuses[p.code]
	return newAnswer(meaning.status, map[string]any{"error": map[string]string{
		"code": p.code, "message": meaning.message, "param": p.param,
	}})
}

// An answer is a response of the API: what the ledger keeps for an idempotency
// key, so that a replay says the same.
type answer struct {
	status int
	body   []byte
}

func newAnswer(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil { // only plain structs and maps of strings get here
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status: status, body: body}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// replay writes the answer of an earlier request. What was created then exists
// now, hence 200 in place of 201.
func (a answer) replay(w http.ResponseWriter) {
	w.Header().Set(headerReplayed, "true")
	if a.status == http.StatusCreated {
		a.status = http.StatusOK
	}
	a.write(w)
}
