// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package elastic

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A service is as much of Elasticsearch as the ops need: documents with
// versions, a search by ids, _bulk, and the errors in the node's own words.
type service struct {
	http.ServeMux
	mu      sync.Mutex
	made    int
	version map[string]int // by index and id; a deleted document keeps its own
	source  map[string]json.RawMessage
}

func newService() *service {
	s := &service{version: make(map[string]int), source: make(map[string]json.RawMessage)}
	s.HandleFunc("GET /{index}/_doc/{id}", s.get)
	s.HandleFunc("PUT /{index}/_doc/{id}", func(w http.ResponseWriter, req *http.Request) {
		s.index(w, req, req.PathValue("id"))
	})
	s.HandleFunc("PUT /{index}/_create/{id}", func(w http.ResponseWriter, req *http.Request) {
		if _, found := s.source[req.PathValue("index")+"/"+req.PathValue("id")]; found {
			send(w, http.StatusConflict, failure("version_conflict_engine_exception", http.StatusConflict))
			return
		}
		s.index(w, req, req.PathValue("id"))
	})
	s.HandleFunc("POST /{index}/_doc", func(w http.ResponseWriter, req *http.Request) {
		s.made++
		s.index(w, req, "made-"+strconv.Itoa(s.made))
	})
	s.HandleFunc("DELETE /{index}/_doc/{id}", s.remove)
	s.HandleFunc("POST /{index}/_search", s.search)
	s.HandleFunc("POST /_bulk", s.bulk)
	return s
}

// ServeHTTP answers one request at a time.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(w.Header(), header())
	s.ServeMux.ServeHTTP(w, req)
}

func send(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) //nolint:gosec // JSON for a client of ours; if that is gone, so be it
}

// result is the answer to a write.
func (s *service) result(index, id, result string) string {
	return fmt.Sprintf(`{"_index":%q,"_id":%q,"_version":%d,"result":%q,"_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}`,
		index, id, s.version[index+"/"+id], result)
}

func (s *service) get(w http.ResponseWriter, req *http.Request) {
	index, id := req.PathValue("index"), req.PathValue("id")
	source, found := s.source[index+"/"+id]
	if !found {
		send(w, http.StatusNotFound, fmt.Sprintf(`{"_index":%q,"_id":%q,"found":false}`, index, id))
		return
	}
	send(w, http.StatusOK, fmt.Sprintf(`{"_index":%q,"_id":%q,"_version":%d,"_seq_no":0,"_primary_term":1,"found":true,"_source":%s}`,
		index, id, s.version[index+"/"+id], source))
}

// store keeps a document and says what has become of it.
func (s *service) store(index, id string, source json.RawMessage) (int, string) {
	_, found := s.source[index+"/"+id]
	s.source[index+"/"+id] = source
	s.version[index+"/"+id]++
	if found {
		return http.StatusOK, s.result(index, id, "updated")
	}
	return http.StatusCreated, s.result(index, id, "created")
}

func (s *service) index(w http.ResponseWriter, req *http.Request, id string) {
	raw, err := io.ReadAll(req.Body)
	if err != nil || !json.Valid(raw) {
		send(w, http.StatusBadRequest, failure("document_parsing_exception", http.StatusBadRequest))
		return
	}
	status, body := s.store(req.PathValue("index"), id, raw)
	send(w, status, body)
}

func (s *service) remove(w http.ResponseWriter, req *http.Request) {
	index, id := req.PathValue("index"), req.PathValue("id")
	if _, found := s.source[index+"/"+id]; !found {
		send(w, http.StatusNotFound, s.result(index, id, "not_found"))
		return
	}
	delete(s.source, index+"/"+id)
	s.version[index+"/"+id]++
	send(w, http.StatusOK, s.result(index, id, "deleted"))
}

// search knows the query for ids.
func (s *service) search(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Query struct{ IDs struct{ Values []string } }
	}
	if json.NewDecoder(req.Body).Decode(&body) != nil {
		send(w, http.StatusBadRequest, failure("parsing_exception", http.StatusBadRequest))
		return
	}
	index, hits := req.PathValue("index"), []string{}
	for _, id := range body.Query.IDs.Values {
		if source, found := s.source[index+"/"+id]; found {
			hits = append(hits, fmt.Sprintf(`{"_index":%q,"_id":%q,"_score":1.0,"_source":%s}`, index, id, source))
		}
	}
	send(w, http.StatusOK, fmt.Sprintf(`{"took":1,"timed_out":false,"hits":{"total":{"value":%d,"relation":"eq"},"hits":[%s]}}`,
		len(hits), strings.Join(hits, ",")))
}

// bulk knows the action index.
func (s *service) bulk(w http.ResponseWriter, req *http.Request) {
	var items []string
	for lines := bufio.NewScanner(req.Body); lines.Scan(); {
		var action struct {
			Index struct {
				Index string `json:"_index"`
				ID    string `json:"_id"`
			}
		}
		if json.Unmarshal(lines.Bytes(), &action) != nil || !lines.Scan() || !json.Valid(lines.Bytes()) {
			send(w, http.StatusBadRequest, failure("illegal_argument_exception", http.StatusBadRequest))
			return
		}
		_, item := s.store(action.Index.Index, action.Index.ID, json.RawMessage(lines.Text()))
		items = append(items, `{"index":`+item+`}`)
	}
	send(w, http.StatusOK, `{"took":1,"errors":false,"items":[`+strings.Join(items, ",")+`]}`)
}
