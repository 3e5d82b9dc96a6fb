// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package reverseproxy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
)

// held begins the name of a stream whose second part is sent only after the client has
// seen the first.
const held = "held-"

// A service is what stands behind the user's proxy. It knows idempotency keys.
type service struct {
	http.ServeMux
	gate *gate.Gate

	mu   sync.Mutex
	done map[string]string // the answer by key
}

func newService(g *gate.Gate) *service {
	s := &service{gate: g, done: make(map[string]string)}
	s.HandleFunc("GET /things/{name}", func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, "the thing "+req.PathValue("name")) //nolint:gosec // no browser comes here, and a client that is gone is not our business
	})
	s.HandleFunc("PUT /things/{name}", s.store)
	s.HandleFunc("DELETE /things/{name}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	s.HandleFunc("POST /things", s.store)
	s.HandleFunc("POST /streams", s.receive)
	s.HandleFunc("GET /streams/{name}", s.stream)
	return s
}

// store answers with what it got, and with the same to the same key.
func (s *service) store(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return // the client is gone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := req.Header.Get("Idempotency-Key")
	answer, again := s.done[key]
	if !again || key == "" {
		answer = fmt.Sprintf("stored %q", raw)
		s.done[key] = answer
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer) // as above
}

// receive reads a stream and the trailer that follows it.
func (s *service) receive(w http.ResponseWriter, req *http.Request) {
	n, err := io.Copy(io.Discard, req.Body)
	if err != nil {
		return // the client is gone
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, "%d bytes, length %d, trailer %q", n, req.ContentLength, req.Trailer.Get("Checksum")) //nolint:gosec // as above
}

// stream sends two parts and a trailer.
func (s *service) stream(w http.ResponseWriter, req *http.Request) {
	name := req.PathValue("name")
	w.Header().Set("Trailer", "Checksum")
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	_, _ = io.WriteString(both, "one ")       // as above
	_ = http.NewResponseController(w).Flush() // as above
	if strings.HasPrefix(name, held) && !s.gate.Wait(req.Context(), name) {
		_, _ = io.WriteString(both, "was held back, ") // as above
	}
	_, _ = io.WriteString(both, "two") // as above
	w.Header().Set("Checksum", hex.EncodeToString(sum.Sum(nil)[:8]))
}
