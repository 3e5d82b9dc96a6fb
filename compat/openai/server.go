// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package openai

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
)

// apiKey is the one that the service knows.
const apiKey = "sk-test"

// held begins the prompt of a completion whose second part is sent only after the
// client has seen the first.
const held = "Please wait for "

// A service is that part of the API which the case uses, with the shapes of its
// reference: objects, lists with a cursor, errors, server-sent events.
type service struct {
	http.ServeMux
	gate *gate.Gate

	mu    sync.Mutex
	next  int
	files map[string]string
}

func newService(g *gate.Gate) *service {
	s := &service{gate: g, files: make(map[string]string)}
	s.HandleFunc("GET /v1/models", s.models)
	s.HandleFunc("GET /v1/models/{id}", s.model)
	s.HandleFunc("POST /v1/chat/completions", s.complete)
	s.HandleFunc("GET /v1/files", s.listFiles)
	s.HandleFunc("POST /v1/files", s.upload)
	s.HandleFunc("GET /v1/files/{id}/content", s.content)
	s.HandleFunc("DELETE /v1/files/{id}", s.remove)
	s.HandleFunc("POST /v1/batches", s.batch)
	return s
}

// ServeHTTP asks for the key, as each endpoint does.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("X-Request-Id", "req_"+s.id())
	w.Header().Set("Openai-Version", "2020-10-01")
	if req.Header.Get("Authorization") != "Bearer "+apiKey {
		fail(w, http.StatusUnauthorized, "", "invalid_api_key", "Incorrect API key provided.")
		return
	}
	s.ServeMux.ServeHTTP(w, req)
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

// fail refuses a request.
func fail(w http.ResponseWriter, status int, param, code, message string) {
	header, body := failure("invalid_request_error", param, code, message)
	w.Header()["Content-Type"] = header["Content-Type"]
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // as above
}

// failure is the body of an error.
func failure(kind, param, code, message string) (http.Header, string) {
	or := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	raw, _ := json.Marshal(object{"error": object{ // it is made of strings
		"message": message, "type": kind, "param": or(param), "code": or(code),
	}})
	return http.Header{"Content-Type": {"application/json"}}, string(raw)
}

// answer is what the service says when it is in trouble.
func answer(status int) (http.Header, string) {
	switch status {
	case http.StatusTooManyRequests:
		return failure("requests", "", "rate_limit_exceeded", "Rate limit reached for requests.")
	case http.StatusServiceUnavailable:
		return failure("service_unavailable_error", "", "", "The engine is currently overloaded, please try again later.")
	}
	return failure("server_error", "", "", "The server had an error while processing your request.")
}

func (s *service) models(w http.ResponseWriter, _ *http.Request) {
	send(w, object{"object": "list", "data": []object{
		{"id": "gpt-4o", "object": "model", "created": 1715367049, "owned_by": "system"},
		{"id": "gpt-4o-mini", "object": "model", "created": 1721172741, "owned_by": "system"},
	}})
}

func (s *service) model(w http.ResponseWriter, req *http.Request) {
	fail(w, http.StatusNotFound, "model", "model_not_found",
		"The model '"+req.PathValue("id")+"' does not exist or you do not have access to it.")
}

// complete says the prompt again, at once or in pieces.
func (s *service) complete(w http.ResponseWriter, req *http.Request) {
	var ask struct {
		Model    string
		Stream   bool
		Messages []struct{ Content string }
	}
	if err := json.NewDecoder(req.Body).Decode(&ask); err != nil || len(ask.Messages) == 0 {
		fail(w, http.StatusBadRequest, "messages", "empty_array", "Invalid 'messages': empty array.")
		return
	}
	text := ask.Messages[len(ask.Messages)-1].Content
	base := object{"id": "chatcmpl-" + s.id(), "created": 1721172741, "model": ask.Model, "system_fingerprint": "fp_1"}
	if ask.Stream {
		s.stream(w, req, base, text)
		return
	}
	base["object"] = "chat.completion"
	base["choices"] = []object{{
		"index": 0, "finish_reason": "stop", "logprobs": nil,
		"message": object{"role": "assistant", "content": text, "refusal": nil},
	}}
	base["usage"] = object{"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
	send(w, base)
}

// stream sends a chunk for each word, and [DONE].
func (s *service) stream(w http.ResponseWriter, req *http.Request, base object, text string) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	event := func(v any) {
		raw, _ := json.Marshal(v)                  // it is made of strings and numbers
		_, _ = fmt.Fprintf(w, "data: %s\n\n", raw) // a client that is gone is not our business
		_ = http.NewResponseController(w).Flush()  // as above
	}
	base["object"] = "chat.completion.chunk"
	chunk := func(delta object, reason any) {
		base["choices"] = []object{{"index": 0, "delta": delta, "finish_reason": reason}}
		event(base)
	}
	for i, word := range strings.SplitAfter(text, " ") {
		chunk(object{"role": "assistant", "content": word}, nil)
		if i == 0 && strings.HasPrefix(text, held) && !s.gate.Wait(req.Context(), text) {
			event(object{"error": object{"message": "the stream was held back", "type": "server_error"}})
			return
		}
	}
	chunk(object{}, "stop")
	_, _ = io.WriteString(w, "data: [DONE]\n\n") // as above
}
