// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package gogithub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/surefoot-go/surefoot/compat/rig"
)

const (
	sha     = "aa218f56b14c9653891f9e74264a383fa43fefbd"
	docs    = "https://docs.github.com/rest"
	limited = docs + "/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
)

type object map[string]any

// A service is the small part of GitHub that the case uses, with its statuses,
// headers and error bodies: https://docs.github.com/rest.
type service struct {
	http.ServeMux
	mu     sync.Mutex
	files  map[string]bool
	refs   map[string]bool
	issues int
	titles map[string]string // of issues, by their numbers
}

func start() (rig.Server, error) {
	s := &service{files: make(map[string]bool), refs: make(map[string]bool), issues: 1, titles: map[string]string{"1": "It is slow"}}
	const root = "/repos/" + owner + "/" + repo
	s.HandleFunc("GET "+root, func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, object{"id": 1296269, "name": repo, "full_name": owner + "/" + repo})
	})
	s.HandleFunc("GET "+root+"/labels", labels)
	s.HandleFunc("GET "+root+"/contents/README.md", func(w http.ResponseWriter, _ *http.Request) {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Hello, world. ", 100)))
		say(w, http.StatusOK, object{"type": "file", "encoding": "base64", "path": "README.md", "content": text, "sha": sha})
	})
	s.HandleFunc("PUT "+root+"/contents/{path}", s.create)
	s.HandleFunc("PUT /user/starred/"+owner+"/"+repo, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	s.HandleFunc("POST "+root+"/issues", s.open)
	s.HandleFunc("PATCH "+root+"/issues/{number}", s.edit)
	s.HandleFunc("POST "+root+"/git/refs", s.ref)
	s.HandleFunc("DELETE "+root+"/git/refs/{ref...}", s.unref)
	return rig.Serve(s)
}

// ServeHTTP answers one request at a time.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("X-Ratelimit-Limit", "5000")
	w.Header().Set("X-Ratelimit-Remaining", "4999")
	if req.Header.Get("Authorization") != "Bearer ghp_1" {
		fail(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	if _, pattern := s.Handler(req); pattern == "" {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.ServeMux.ServeHTTP(w, req)
}

// labels has two pages, which the Link header tells.
func labels(w http.ResponseWriter, req *http.Request) {
	if req.FormValue("page") == "2" {
		say(w, http.StatusOK, []object{{"name": "question"}})
		return
	}
	w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=2>; rel="next", <http://%s%s?page=2>; rel="last"`,
		req.Host, req.URL.Path, req.Host, req.URL.Path))
	say(w, http.StatusOK, []object{{"name": "bug"}, {"name": "duplicate"}})
}

func (s *service) create(w http.ResponseWriter, req *http.Request) {
	var body struct{ Message, SHA string }
	if !read(w, req, &body) {
		return
	}
	path := req.PathValue("path")
	if s.files[path] && body.SHA == "" {
		fail(w, http.StatusUnprocessableEntity, `Invalid request.\n\n"sha" wasn't supplied.`)
		return
	}
	s.files[path] = true
	say(w, http.StatusCreated, object{"content": object{"path": path}, "commit": object{"sha": sha, "message": body.Message}})
}

func (s *service) open(w http.ResponseWriter, req *http.Request) {
	var body struct{ Title string }
	if !read(w, req, &body) {
		return
	}
	s.issues++
	number := strconv.Itoa(s.issues)
	s.titles[number] = body.Title
	say(w, http.StatusCreated, object{"number": s.issues, "title": body.Title, "state": "open"})
}

func (s *service) edit(w http.ResponseWriter, req *http.Request) {
	var body struct{ Title string }
	if !read(w, req, &body) {
		return
	}
	number := req.PathValue("number")
	if s.titles[number] == "" {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.titles[number] = body.Title
	say(w, http.StatusOK, object{"title": body.Title, "state": "open"})
}

func (s *service) ref(w http.ResponseWriter, req *http.Request) {
	var body struct{ Ref string }
	if !read(w, req, &body) {
		return
	}
	// GitHub refuses one that is there already; here a run may find an old one.
	s.refs[strings.TrimPrefix(body.Ref, "refs/")] = true
	say(w, http.StatusCreated, object{"ref": body.Ref, "object": object{"type": "commit", "sha": sha}})
}

func (s *service) unref(w http.ResponseWriter, req *http.Request) {
	if ref := req.PathValue("ref"); !s.refs[ref] {
		fail(w, http.StatusUnprocessableEntity, "Reference does not exist")
		return
	}
	delete(s.refs, req.PathValue("ref"))
	w.WriteHeader(http.StatusNoContent)
}

// answer is what GitHub says when it has trouble.
func answer(status int) (http.Header, string) {
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if status == http.StatusTooManyRequests {
		return header, text(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", limited)
	}
	return header, text(status, "Server Error", docs)
}

func read(w http.ResponseWriter, req *http.Request, into any) bool {
	if err := json.NewDecoder(req.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, "Problems parsing JSON")
		return false
	}
	return true
}

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone is not our business
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text(status, message, docs)) // as above
}

func text(status int, message, url string) string {
	return fmt.Sprintf(`{"message":%q,"documentation_url":%q,"status":"%d"}`, message, url, status)
}
