// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package anthropic

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
)

// apiKey is the one that the service knows.
const apiKey = "sk-ant-test" //nolint:gosec // it opens nothing

// held begins the prompt of a message whose second part is sent only after the
// client has seen the first.
const held = "Please wait for "

// A service is that part of the API which the case uses, with the shapes of its
// reference: pages, typed errors, the events of a stream, x-should-retry.
type service struct {
	http.ServeMux
	gate *gate.Gate

	mu      sync.Mutex
	next    int
	asked   map[string]int // how often a model was asked for
	batches map[string]bool
}

func newService(g *gate.Gate) *service {
	s := &service{gate: g, asked: make(map[string]int), batches: make(map[string]bool)}
	s.HandleFunc("GET /v1/models", s.models)
	s.HandleFunc("GET /v1/models/{id}", s.model)
	s.HandleFunc("POST /v1/messages", s.message)
	s.HandleFunc("POST /v1/messages/count_tokens", s.count)
	s.HandleFunc("POST /v1/messages/batches", s.batch)
	s.HandleFunc("DELETE /v1/messages/batches/{id}", s.remove)
	return s
}

// ServeHTTP asks for the key and the version, as each endpoint does.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Request-Id", "req_"+s.id())
	switch {
	case req.Header.Get("X-Api-Key") != apiKey:
		fail(w, http.StatusUnauthorized, "authentication_error", "invalid x-api-key")
	case req.Header.Get("Anthropic-Version") == "":
		fail(w, http.StatusBadRequest, "invalid_request_error", "anthropic-version: header is required")
	default:
		s.ServeMux.ServeHTTP(w, req)
	}
}

// id makes a new one, which shows in no result.
func (s *service) id() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return fmt.Sprintf("%06d", s.next)
}

// object is any JSON object.
type object map[string]any

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone is not our business
}

func fail(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, failure(kind, message)) // as above
}

// failure is the body of an error.
func failure(kind, message string) string {
	raw, _ := json.Marshal(object{"type": "error", "error": object{"type": kind, "message": message}}) // strings
	return string(raw)
}

// answer is what the service says when it is in trouble.
func answer(status int) (http.Header, string) {
	header := http.Header{"Content-Type": {"application/json"}, "X-Should-Retry": {"true"}, "Request-Id": {"req_0"}}
	if status == http.StatusTooManyRequests {
		return header, failure("rate_limit_error", "This request would exceed your organization's rate limit.")
	}
	return header, failure("api_error", "Internal server error")
}

// The models that are there.
var shelf = []string{"claude-a", "claude-b", "claude-c"} //nolint:gochecknoglobals // it is a constant

func model(id string) object {
	return object{"type": "model", "id": id, "display_name": strings.ToUpper(id), "created_at": "2025-02-19T00:00:00Z"}
}

// models sends two at a time.
func (s *service) models(w http.ResponseWriter, req *http.Request) {
	rest := shelf
	if after := req.URL.Query().Get("after_id"); after != "" {
		rest = rest[slices.Index(rest, after)+1:]
	}
	page := rest[:min(2, len(rest))]
	data := make([]object, 0, len(page))
	for _, id := range page {
		data = append(data, model(id))
	}
	send(w, object{"data": data, "has_more": len(page) < len(rest), "first_id": page[0], "last_id": page[len(page)-1]})
}

// model is overloaded when one with such a name is asked for the first time, and
// over a limit for the first three times: who does not heed the veto gets past
// it with the fourth.
func (s *service) model(w http.ResponseWriter, req *http.Request) {
	id := req.PathValue("id")
	s.mu.Lock()
	s.asked[id]++
	asked := s.asked[id]
	s.mu.Unlock()
	switch {
	case asked == 1 && strings.HasPrefix(id, "busy-"):
		w.Header().Set("X-Should-Retry", "true")
		fail(w, 529, "overloaded_error", "Overloaded")
	case asked <= 3 && strings.HasPrefix(id, "spent-"):
		w.Header().Set("X-Should-Retry", "false")
		fail(w, http.StatusTooManyRequests, "rate_limit_error", "Your account has no credit left.")
	case id == "claude-0":
		fail(w, http.StatusNotFound, "not_found_error", "model: claude-0")
	default:
		send(w, model(id))
	}
}

type question struct {
	Model    string
	Stream   bool
	Messages []struct {
		Content []struct{ Text string }
	}
}

// ask reads a question, and returns the last thing that it says.
func ask(w http.ResponseWriter, req *http.Request) (question, string, bool) {
	var q question
	err := json.NewDecoder(req.Body).Decode(&q)
	if err != nil || len(q.Messages) == 0 || len(q.Messages[len(q.Messages)-1].Content) == 0 {
		fail(w, http.StatusBadRequest, "invalid_request_error", "messages: at least one message is required")
		return q, "", false
	}
	return q, q.Messages[len(q.Messages)-1].Content[0].Text, true
}

func (s *service) count(w http.ResponseWriter, req *http.Request) {
	if _, text, ok := ask(w, req); ok {
		send(w, object{"input_tokens": len(strings.Fields(text))})
	}
}

// message says the prompt again, at once or in pieces.
func (s *service) message(w http.ResponseWriter, req *http.Request) {
	q, text, ok := ask(w, req)
	if !ok {
		return
	}
	base := object{
		"id": "msg_" + s.id(), "type": "message", "role": "assistant", "model": q.Model,
		"content": []object{}, "stop_reason": nil, "stop_sequence": nil,
		"usage": object{"input_tokens": 5, "output_tokens": 1},
	}
	if q.Stream {
		s.stream(w, req, base, text)
		return
	}
	base["content"] = []object{{"type": "text", "text": text}}
	base["stop_reason"] = "end_turn"
	base["usage"] = object{"input_tokens": 5, "output_tokens": 5}
	send(w, base)
}

// stream sends the events of a message, with a delta for each word.
func (s *service) stream(w http.ResponseWriter, req *http.Request, base object, text string) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	event := func(kind string, data object) {
		data["type"] = kind
		raw, _ := json.Marshal(data)                                // strings and numbers
		_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, raw) // a client that is gone is not our business
		_ = http.NewResponseController(w).Flush()                   // as above
	}
	event("message_start", object{"message": base})
	event("content_block_start", object{"index": 0, "content_block": object{"type": "text", "text": ""}})
	event("ping", object{})
	for i, word := range strings.SplitAfter(text, " ") {
		event("content_block_delta", object{"index": 0, "delta": object{"type": "text_delta", "text": word}})
		if i == 0 && strings.HasPrefix(text, held) && !s.gate.Wait(req.Context(), text) {
			event("error", object{"error": object{"type": "api_error", "message": "the stream was held back"}})
			return
		}
	}
	event("content_block_stop", object{"index": 0})
	event("message_delta", object{
		"delta": object{"stop_reason": "end_turn", "stop_sequence": nil}, "usage": object{"output_tokens": 5},
	})
	event("message_stop", object{})
}

// batch starts work that is paid for.
func (s *service) batch(w http.ResponseWriter, req *http.Request) {
	var q struct{ Requests []struct{} }
	if err := json.NewDecoder(req.Body).Decode(&q); err != nil || len(q.Requests) == 0 {
		fail(w, http.StatusBadRequest, "invalid_request_error", "requests: at least one is required")
		return
	}
	id := "msgbatch_" + s.id()
	s.mu.Lock()
	s.batches[id] = true
	s.mu.Unlock()
	send(w, object{
		"id": id, "type": "message_batch", "processing_status": "in_progress", "created_at": "2025-02-19T00:00:00Z",
		"expires_at": "2025-02-20T00:00:00Z", "results_url": nil, "ended_at": nil,
		"request_counts": object{"processing": len(q.Requests), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
	})
}

func (s *service) remove(w http.ResponseWriter, req *http.Request) {
	id := req.PathValue("id")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.batches[id] {
		fail(w, http.StatusNotFound, "not_found_error", "Message batch not found.")
		return
	}
	delete(s.batches, id)
	send(w, object{"id": id, "type": "message_batch_deleted"})
}
