// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package ledger_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/chaos/internal/ledger"
)

func request(key, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, ledger.Path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return r
}

func pay(l *ledger.Ledger, key, body string) (int, string) {
	w := httptest.NewRecorder()
	l.ServeHTTP(w, request(key, body))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func body(reference string, amount int) string {
	return fmt.Sprintf(`{"reference":%q,"amount":%d}`, reference, amount)
}

func TestLedger_AppliesWithoutAKeyWhateverItIsAsked(t *testing.T) {
	t.Parallel()
	l := ledger.New(nil)
	for n := range 3 {
		if status, _ := pay(l, "", body("a", 1)); status != http.StatusCreated {
			t.Errorf("request %d: got %d", n, status)
		}
	}
	if l.Applied("a") != 3 || l.Twice() != 1 || l.Entries() != 3 || l.Arrived() != 3 {
		t.Errorf("applied %d times, %d twice, %d entries", l.Applied("a"), l.Twice(), l.Entries())
	}
}

func TestLedger_AppliesOnceWithAKey(t *testing.T) {
	t.Parallel()
	l := ledger.New(nil)
	first, receipt := pay(l, "k", body("a", 1))
	again, same := pay(l, "k", body("a", 1))
	misused, _ := pay(l, "k", body("a", 2))
	if first != http.StatusCreated || again != http.StatusOK || misused != http.StatusUnprocessableEntity {
		t.Errorf("got %d, %d and %d, want 201, 200 and 422", first, again, misused)
	}
	if receipt != same || receipt != `{"id":"pay_1","reference":"a","amount":1}` {
		t.Errorf("got %s, then %s", receipt, same)
	}
	if l.Applied("a") != 1 || l.Twice() != 0 {
		t.Errorf("applied %d times", l.Applied("a"))
	}
}

func TestLedger_AppliesNothingOfHalfARequest(t *testing.T) {
	t.Parallel()
	l := ledger.New(nil)
	r := request("", "")
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body("a", 1)), brokenReader{}))
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || l.Entries() != 0 {
		t.Errorf("got %d, %d entries", w.Code, l.Entries())
	}
	for _, bad := range []string{"", "{", `{"amount":1}`, `{"reference":"a"}`} {
		if status, _ := pay(l, "", bad); status != http.StatusBadRequest {
			t.Errorf("%q: got %d", bad, status)
		}
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestLedger_TellsThatWorkIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger.New(func(reference string) bool { return reference == "slow" })
		first := make(chan int)
		go func() {
			status, _ := pay(l, "k", body("slow", 1))
			first <- status
		}()
		synctest.Wait()
		if l.Entries() != 0 {
			t.Error("applied at once")
		}
		if status, _ := pay(l, "k", body("slow", 1)); status != http.StatusConflict {
			t.Errorf("in flight: got %d, want 409", status)
		}
		if status := <-first; status != http.StatusCreated {
			t.Errorf("first: got %d, want 201", status)
		}
		if status, _ := pay(l, "k", body("slow", 1)); status != http.StatusOK {
			t.Errorf("afterwards: got %d, want 200", status)
		}
		if l.Applied("slow") != 1 {
			t.Errorf("applied %d times", l.Applied("slow"))
		}
	})
}

func TestLedger_EndsSlowWorkByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger.New(func(string) bool { return true })
		if status, _ := pay(l, "", body("a", 1)); status != http.StatusCreated {
			t.Errorf("got %d", status)
		}
		l.Close()
	})
}
