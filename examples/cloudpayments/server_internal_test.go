// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A sent is a request to the API of a test.
type sent struct {
	method, path, body string
	key, apiKey        string
}

// to sends the request to an API, without a network.
func (s sent) to(t *testing.T, h http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), s.method, s.path, strings.NewReader(s.body))
	if s.apiKey == "" {
		s.apiKey = testAPIKey
	}
	req.Header.Set("Authorization", "Bearer "+s.apiKey)
	if s.key != "" {
		req.Header.Set(headerIdempotencyKey, s.key)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func pay(reference, key string) sent {
	return sent{
		method: http.MethodPost, path: "/v1/payments", key: key,
		body: `{"reference":"` + reference + `","amount":100,"currency":"eur","card":"card_ok"}`,
	}
}

func codeOf(w *httptest.ResponseRecorder) string {
	var v struct{ Error struct{ Code string } }
	_ = json.Unmarshal(w.Body.Bytes(), &v)
	return v.Error.Code
}

func TestAPI_AnswersAsDocumented(t *testing.T) {
	t.Parallel()
	const payments, refunds = "/v1/payments", "/v1/refunds"
	tests := []struct {
		name   string
		send   sent
		status int
		code   string
	}{
		{"a payment is created", pay("b", ""), 201, ""},
		{"a payment with a fresh key is created", pay("c", "k-c"), 201, ""},
		{"a key that is known is replayed", pay("a", "k-a"), 200, ""},
		{"a payment is shown", sent{method: "GET", path: payments + "/pay_000001"}, 200, ""},
		{"a refund is created", sent{method: "POST", path: refunds, body: `{"reference":"r","payment":"pay_000001","amount":60}`}, 201, ""},
		{"the reference is missing", sent{method: "POST", path: payments, body: `{"amount":1,"currency":"eur","card":"card_ok"}`}, 400, codeParameterMissing},
		{"the amount is missing", sent{method: "POST", path: payments, body: `{"reference":"d","currency":"eur","card":"card_ok"}`}, 400, codeParameterMissing},
		{"the currency is missing", sent{method: "POST", path: payments, body: `{"reference":"d","amount":1,"card":"card_ok"}`}, 400, codeParameterMissing},
		{"the card is missing", sent{method: "POST", path: payments, body: `{"reference":"d","amount":1,"currency":"eur"}`}, 400, codeParameterMissing},
		{"the payment to refund is missing", sent{method: "POST", path: refunds, body: `{"reference":"d","amount":1}`}, 400, codeParameterMissing},
		{"the amount is negative", sent{method: "POST", path: payments, body: `{"reference":"d","amount":-1,"currency":"eur","card":"card_ok"}`}, 400, codeParameterInvalid},
		{"the body is no JSON", sent{method: "POST", path: payments, body: `reference=d`}, 400, codeParameterInvalid},
		{"the API key is wrong", sent{method: "GET", path: payments + "/pay_000001", apiKey: revokedAPIKey}, 401, codeAPIKeyInvalid},
		{"a live object is asked for", sent{method: "GET", path: payments + "/" + liveObject}, 403, codeLiveObject},
		{"a live object is refunded", sent{method: "POST", path: refunds, body: `{"reference":"d","payment":"` + liveObject + `","amount":1}`}, 403, codeLiveObject},
		{"no such payment", sent{method: "GET", path: payments + "/pay_999999"}, 404, codeNotFound},
		{"no such payment to refund", sent{method: "POST", path: refunds, body: `{"reference":"d","payment":"pay_999999","amount":1}`}, 404, codeNotFound},
		{"no such path", sent{method: "GET", path: "/v2/payments"}, 404, codeNotFound},
		{"the card has no funds", sent{method: "POST", path: payments, body: `{"reference":"d","amount":1,"currency":"eur","card":"card_no_funds"}`}, 422, "insufficient_funds"},
		{"the card has expired", sent{method: "POST", path: payments, body: `{"reference":"d","amount":1,"currency":"eur","card":"card_expired"}`}, 422, "expired_card"},
		{"the refund is too large", sent{method: "POST", path: refunds, body: `{"reference":"d","payment":"pay_000001","amount":101}`}, 422, codeRefundTooLarge},
		{"the key is used with another body", pay("d", "k-a"), 422, codeKeyReused},
		{"the first with the key is in flight", pay("busy", "k-busy"), 409, codeKeyInUse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLedger()
			h := (&api{ledger: l}).handler()
			pay("a", "k-a").to(t, h)
			busy := pay("busy", "k-busy")
			l.claim("k-busy", printOf(httptest.NewRequestWithContext(t.Context(), busy.method, busy.path, nil), []byte(busy.body)))
			w := tt.send.to(t, h)
			if w.Code != tt.status || codeOf(w) != tt.code {
				t.Errorf("got %d %q, want %d %q: %s", w.Code, codeOf(w), tt.status, tt.code, w.Body)
			}
		})
	}
}

func TestAPI_ReplaysTheSameAnswer(t *testing.T) {
	t.Parallel()
	l := newLedger()
	h := (&api{ledger: l}).handler()
	first, second := pay("a", "k").to(t, h), pay("a", "k").to(t, h)
	if got, want := second.Body.String(), first.Body.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := second.Header().Get(headerReplayed); got != "true" {
		t.Errorf("got %s %q, want true", headerReplayed, got)
	}
	declined := pay("b", "k-b")
	declined.body = strings.Replace(declined.body, "card_ok", "card_lost", 1)
	for range 2 {
		if w := declined.to(t, h); w.Code != http.StatusUnprocessableEntity || codeOf(w) != "lost_card" {
			t.Errorf("got %d %q, want 422 lost_card", w.Code, codeOf(w))
		}
	}
	if got := len(l.byReference()); got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
}

func TestLedger_OneKeyIsAppliedOnceUnderConcurrency(t *testing.T) {
	t.Parallel()
	l := newLedger()
	h := (&api{ledger: l}).handler()
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			w := pay("a", "k").to(t, h)
			mu.Lock()
			defer mu.Unlock()
			statuses[w.Code]++
		})
	}
	wg.Wait()
	if got := len(l.byReference()["a"]); got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
	if statuses[201] != 1 || statuses[200]+statuses[409] != 63 {
		t.Errorf("got statuses %v, want 201 once, else 200 and 409", statuses)
	}
}

func TestLedger_WithoutKeyAppliesWhateverItIsSent(t *testing.T) {
	t.Parallel()
	l := newLedger()
	h := (&api{ledger: l}).handler()
	pay("a", "").to(t, h)
	pay("a", "").to(t, h)
	if got := len(l.byReference()["a"]); got != 2 {
		t.Errorf("got %d entries, want 2: the ledger must be a witness", got)
	}
}

func TestLedger_ReleasedKeyIsFresh(t *testing.T) {
	t.Parallel()
	l := newLedger()
	for range 2 {
		if state, _ := l.claim("k", fingerprint{}); state != keyFresh {
			t.Errorf("got %v, want fresh", state)
		}
		l.release("k")
	}
}
