// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// Path is where payments are made.
const Path = "/v1/payments"

// maxBody bounds the body of a request.
const maxBody = 64 << 10

// A Payment is the body of a request.
type Payment struct {
	Reference string `json:"reference"`
	Amount    int64  `json:"amount"`
}

// A Receipt is the body of an answer.
type Receipt struct {
	ID string `json:"id"`
	Payment
}

// ServeHTTP makes a payment: 201 with its receipt. A request with an
// idempotency key that was seen before gets that receipt with 200, 409 while
// the first request is being worked on, or 422 if that was another one.
func (l *Ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.work.handlers.RLock()
	defer l.work.handlers.RUnlock()
	if r.Method != http.MethodPost || r.URL.Path != Path {
		fail(w, http.StatusNotFound, "not_found")
		return
	}
	// A request that was cut short fails here, and nothing is applied.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var p Payment
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil || p.Reference == "" || p.Amount <= 0 {
		fail(w, http.StatusBadRequest, "parameter_invalid")
		return
	}
	l.arrived.Add(1)
	l.pay(w, r.Header.Get("Idempotency-Key"), p, sha256.Sum256(body))
}

// pay answers a request that arrived whole.
func (l *Ledger) pay(w http.ResponseWriter, key string, p Payment, request [sha256.Size]byte) {
	wait, answered := l.work.arrive(p.Reference)
	defer answered()
	if key != "" {
		switch state, stored := l.claim(key, request); state {
		case keyFresh:
		case keyInFlight:
			fail(w, http.StatusConflict, "idempotency_key_in_use")
			return
		case keyMisused:
			fail(w, http.StatusUnprocessableEntity, "idempotency_key_reused")
			return
		case keyAnswered:
			stored.write(w, http.StatusOK)
			return
		}
	}
	l.work.do(wait)
	l.settle(key, p.Reference, p.Amount).write(w, http.StatusCreated)
}

// Hurry ends slow work now. It must be called once, when no client is left that
// could ask again.
func (l *Ledger) Hurry() { close(l.work.hurry) }

// Close waits until no request is being worked on; those that arrive later wait
// for ever after. It must be called after the servers were closed, and before
// the ledger is audited.
func (l *Ledger) Close() { l.work.handlers.Lock() }

func (r receipt) write(w http.ResponseWriter, status int) {
	b := append(make([]byte, 0, 96), `{"id":"pay_`...)
	b = strconv.AppendUint(b, r.id, 10)
	b = append(b, `","reference":`...)
	b = strconv.AppendQuote(b, r.reference)
	b = append(b, `,"amount":`...)
	b = strconv.AppendInt(b, r.amount, 10)
	send(w, status, append(b, "}\n"...))
}

func fail(w http.ResponseWriter, status int, code string) {
	send(w, status, []byte(`{"error":{"code":"`+code+`"}}`+"\n"))
}

// send writes an answer with its length, so that a client can tell a whole one.
func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
