// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package oauth2

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// The one client.
const (
	clientID     = "an-id"
	clientSecret = "a-secret"
)

// A service is an authorization server and an API behind it. A refresh token is
// good for once: one that comes again was stolen, and then the whole family is
// revoked (RFC 9700 §4.14.2).
type service struct {
	http.ServeMux

	mu      sync.Mutex
	next    int
	access  map[string]string // family by token
	refresh map[string]string
	revoked map[string]bool // families
	asked   map[string]int  // by a token that is not known
}

func newService() *service {
	s := &service{
		access: make(map[string]string), refresh: make(map[string]string),
		revoked: make(map[string]bool), asked: make(map[string]int),
	}
	s.HandleFunc("POST /token", s.token)
	s.HandleFunc("GET /me", func(w http.ResponseWriter, req *http.Request) { s.api(w, req, http.StatusOK, "me") })
	s.HandleFunc("POST /orders", func(w http.ResponseWriter, req *http.Request) {
		s.api(w, req, http.StatusCreated, "an order")
	})
	return s
}

// ServeHTTP answers one request at a time.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ServeMux.ServeHTTP(w, req)
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that is gone is not our business
}

func refuse(w http.ResponseWriter, status int, code string) {
	send(w, status, map[string]string{"error": code})
}

// token is RFC 6749 §4.4 and §6.
func (s *service) token(w http.ResponseWriter, req *http.Request) {
	id, secret, ok := req.BasicAuth()
	if !ok {
		id, secret = req.PostFormValue("client_id"), req.PostFormValue("client_secret")
	}
	if id != clientID || secret != clientSecret {
		w.Header().Set("WWW-Authenticate", `Basic realm="tokens"`)
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	s.next++
	family := fmt.Sprint("family-", s.next)
	switch req.PostFormValue("grant_type") {
	case "client_credentials":
	case "refresh_token":
		used := req.PostFormValue("refresh_token")
		family, ok = s.refresh[used]
		if !ok || s.revoked[family] || strings.HasPrefix(family, "used ") {
			s.revoked[strings.TrimPrefix(family, "used ")] = true
			refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		s.refresh[used] = "used " + family
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	access, refresh := fmt.Sprint("at-", s.next), fmt.Sprint("rt-", s.next)
	s.access[access], s.refresh[refresh] = family, family
	send(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh,
	})
}

// api is RFC 6750. A token that is not known is good at the fourth time, so that
// it shows if somebody does not take a 401 for an answer.
func (s *service) api(w http.ResponseWriter, req *http.Request, status int, what string) {
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	family, known := s.access[token]
	if !known {
		s.asked[token]++
	}
	if !known && s.asked[token] < 4 || s.revoked[family] {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The access token expired"`)
		refuse(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	send(w, status, map[string]string{"name": what})
}
