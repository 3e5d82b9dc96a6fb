// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package plain

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/surefoot-go/surefoot/compat/rig"
)

// pages is how many pages /things has.
const pages = 2

// A service is a small API of the usual kind: things that are got, put, listed in
// pages and deleted, payments that are made once per idempotency key, and a file.
// Errors have a body with a code.
type service struct {
	http.ServeMux
	mu       sync.Mutex
	things   map[string]json.RawMessage
	payments int
	replies  map[string]reply // by idempotency key
}

// A reply is what is said again to a key that comes again.
type reply struct {
	status int
	body   any
}

type object map[string]any

// A Thing is what /things holds.
type Thing struct {
	Name string `json:"name"`
}

// A Page is one of /things. Next is 0 on the last one.
type Page struct {
	Names []string `json:"names"`
	Next  int      `json:"next"`
}

// Start starts such a service.
func Start() (rig.Server, error) { return rig.Serve(newService()) }

func newService() *service {
	s := &service{things: make(map[string]json.RawMessage), replies: make(map[string]reply)}
	s.HandleFunc("GET /things/{name}", s.get)
	s.HandleFunc("PUT /things/{name}", s.put)
	s.HandleFunc("DELETE /things/{name}", s.remove)
	s.HandleFunc("GET /things", list)
	s.HandleFunc("POST /payments", s.pay)
	s.HandleFunc("GET /file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("sure-footed as a goat\n", 4096)) // a client that is gone is not our business
	})
	return s
}

// ServeHTTP answers one request at a time.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ServeMux.ServeHTTP(w, req)
}

func (s *service) get(w http.ResponseWriter, req *http.Request) {
	thing, ok := s.things[req.PathValue("name")]
	if !ok {
		fail(w, http.StatusNotFound, "no_such_thing")
		return
	}
	answer(w, http.StatusOK, thing)
}

func (s *service) put(w http.ResponseWriter, req *http.Request) {
	var thing json.RawMessage
	if err := json.NewDecoder(req.Body).Decode(&thing); err != nil {
		fail(w, http.StatusUnprocessableEntity, "malformed")
		return
	}
	s.things[req.PathValue("name")] = thing
	answer(w, http.StatusOK, thing)
}

func (s *service) remove(w http.ResponseWriter, req *http.Request) {
	name := req.PathValue("name")
	if _, ok := s.things[name]; !ok {
		fail(w, http.StatusNotFound, "no_such_thing")
		return
	}
	delete(s.things, name)
	answer(w, http.StatusOK, object{"deleted": name})
}

func list(w http.ResponseWriter, req *http.Request) {
	page := 1
	if text := req.FormValue("page"); text != "" {
		if _, err := fmt.Sscan(text, &page); err != nil || page < 1 || page > pages {
			fail(w, http.StatusBadRequest, "no_such_page")
			return
		}
	}
	next := 0
	if page < pages {
		next = page + 1
	}
	answer(w, http.StatusOK, Page{[]string{fmt.Sprint("first of ", page), fmt.Sprint("second of ", page)}, next})
}

// pay makes a payment, once per key.
func (s *service) pay(w http.ResponseWriter, req *http.Request) {
	key := req.Header.Get("Idempotency-Key")
	if r, ok := s.replies[key]; ok && key != "" {
		w.Header().Set("Idempotent-Replayed", "true")
		answer(w, r.status, r.body)
		return
	}
	var payment struct {
		Amount int `json:"amount"`
	}
	if err := json.NewDecoder(req.Body).Decode(&payment); err != nil || payment.Amount <= 0 {
		fail(w, http.StatusBadRequest, "bad_amount")
		return
	}
	s.payments++
	r := reply{http.StatusCreated, object{"id": fmt.Sprint("pay_", s.payments), "amount": payment.Amount, "status": "captured"}}
	s.replies[key] = r
	answer(w, r.status, r.body)
}

// Answer is what the service says when it has trouble.
func Answer(status int) (http.Header, string) {
	return http.Header{"Content-Type": {"application/json"}}, fmt.Sprintf(`{"error":{"code":"trouble_%d"}}`, status)
}

func fail(w http.ResponseWriter, status int, code string) {
	answer(w, status, object{"error": object{"code": code}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone is not our business
}
