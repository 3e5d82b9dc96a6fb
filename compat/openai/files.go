// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package openai

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// The files that are always there.
var shelf = []string{"file-a", "file-b", "file-c"} //nolint:gochecknoglobals // it is a constant

func file(id, name string, size int) object {
	return object{
		"id": id, "object": "file", "bytes": size, "created_at": 1721172741,
		"filename": name, "purpose": "batch", "status": "processed",
	}
}

// listFiles sends two at a time.
func (s *service) listFiles(w http.ResponseWriter, req *http.Request) {
	rest := shelf
	if after := req.URL.Query().Get("after"); after != "" {
		rest = rest[slices.Index(rest, after)+1:]
	}
	page := rest[:min(2, len(rest))]
	data := make([]object, 0, len(page))
	for _, id := range page {
		data = append(data, file(id, id+".jsonl", 120))
	}
	send(w, object{"object": "list", "data": data, "has_more": len(page) < len(rest)})
}

// upload keeps a file.
func (s *service) upload(w http.ResponseWriter, req *http.Request) {
	part, header, err := req.FormFile("file")
	if err != nil {
		fail(w, http.StatusBadRequest, "file", "", "'file' is a required property")
		return
	}
	raw, err := io.ReadAll(part)
	if err != nil {
		return // the client is gone
	}
	id := "file-" + s.id()
	s.mu.Lock()
	s.files[id] = string(raw)
	s.mu.Unlock()
	send(w, file(id, header.Filename, len(raw)))
}

func (s *service) content(w http.ResponseWriter, req *http.Request) {
	if !slices.Contains(shelf, req.PathValue("id")) {
		noFile(w, req)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = io.WriteString(w, strings.Repeat("0123456789", 10_000)) // a client that is gone is not our business
}

func (s *service) remove(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := req.PathValue("id")
	if _, ok := s.files[id]; !ok {
		noFile(w, req)
		return
	}
	delete(s.files, id)
	send(w, object{"id": id, "object": "file", "deleted": true})
}

func noFile(w http.ResponseWriter, req *http.Request) {
	fail(w, http.StatusNotFound, "id", "", "No such File object: "+req.PathValue("id"))
}

// batch starts work that is paid for.
func (s *service) batch(w http.ResponseWriter, req *http.Request) {
	var ask struct {
		InputFileID      string `json:"input_file_id"`
		Endpoint         string `json:"endpoint"`
		CompletionWindow string `json:"completion_window"`
	}
	if err := json.NewDecoder(req.Body).Decode(&ask); err != nil || !slices.Contains(shelf, ask.InputFileID) {
		fail(w, http.StatusBadRequest, "input_file_id", "", "Invalid input file.")
		return
	}
	send(w, object{
		"id": "batch_" + s.id(), "object": "batch", "endpoint": ask.Endpoint, "status": "validating",
		"input_file_id": ask.InputFileID, "completion_window": ask.CompletionWindow, "created_at": 1721172741,
	})
}
