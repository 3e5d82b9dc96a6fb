// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package azblob

import (
	"crypto/md5" //nolint:gosec // the service is made so
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A service is as much of Blob Storage as the ops need: block blobs in one piece
// and in blocks, append blobs, ranges, conditions, and the service's errors. It
// takes any signature.
type service struct {
	mu    sync.Mutex
	now   int // it is the ETag of what is written next
	blobs map[string]*blob
	// blocks are those that no block list has made a blob of yet.
	blocks map[string]map[string][]byte
}

type blob struct {
	data     []byte
	etag     string
	appended int // blocks, of an append blob
	kind     string
	written  time.Time
}

func newService() *service {
	return &service{blobs: make(map[string]*blob), blocks: make(map[string]map[string][]byte)}
}

// ServeHTTP answers one request at a time.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return // the client is gone, and what came is no whole request
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("X-Ms-Request-Id", "6f1e4b2c-001e-0000-0000-000000000000")
	w.Header().Set("X-Ms-Version", req.Header.Get("X-Ms-Version"))
	if sum := req.Header.Get("Content-Md5"); sum != "" && sum != md5Base64(raw) {
		refuse(w, http.StatusBadRequest, "Md5Mismatch")
		return
	}
	path, found := strings.CutPrefix(req.URL.Path, "/"+account+"/"+container)
	name := strings.TrimPrefix(path, "/")
	switch comp := req.URL.Query().Get("comp"); {
	case !found:
		refuse(w, http.StatusNotFound, "ContainerNotFound")
	case name == "" && req.Method == http.MethodGet && comp == "list":
		s.list(w, req)
	case req.Method == http.MethodPut:
		s.put(w, req, name, comp, raw)
	case req.Method == http.MethodGet || req.Method == http.MethodHead:
		s.get(w, req, name)
	case req.Method == http.MethodDelete:
		s.remove(w, name)
	default:
		refuse(w, http.StatusMethodNotAllowed, "UnsupportedHttpVerb")
	}
}

func (s *service) put(w http.ResponseWriter, req *http.Request, name, comp string, raw []byte) {
	switch comp {
	case "":
		s.store(w, name, &blob{data: raw, kind: req.Header.Get("X-Ms-Blob-Type")})
	case "block":
		if s.blocks[name] == nil {
			s.blocks[name] = make(map[string][]byte)
		}
		s.blocks[name][req.URL.Query().Get("blockid")] = raw
		w.Header().Set("Content-Md5", md5Base64(raw))
		w.WriteHeader(http.StatusCreated)
	case "blocklist":
		s.commit(w, name, raw)
	case "appendblock":
		s.append(w, req, name, raw)
	default:
		refuse(w, http.StatusBadRequest, "InvalidQueryParameterValue")
	}
}

// commit makes a blob of blocks.
func (s *service) commit(w http.ResponseWriter, name string, raw []byte) {
	var list struct {
		Latest []string
	}
	if xml.Unmarshal(raw, &list) != nil {
		refuse(w, http.StatusBadRequest, "InvalidXmlDocument")
		return
	}
	var data []byte
	for _, id := range list.Latest {
		block, found := s.blocks[name][id]
		if !found {
			refuse(w, http.StatusBadRequest, "InvalidBlockList")
			return
		}
		data = append(data, block...)
	}
	s.store(w, name, &blob{data: data, kind: "BlockBlob"})
}

// append is a PUT that has another effect each time.
func (s *service) append(w http.ResponseWriter, req *http.Request, name string, raw []byte) {
	b := s.blobs[name]
	if b == nil {
		refuse(w, http.StatusNotFound, "BlobNotFound")
		return
	}
	if at := req.Header.Get("X-Ms-Blob-Condition-Appendpos"); at != "" && at != strconv.Itoa(len(b.data)) {
		refuse(w, http.StatusPreconditionFailed, "AppendPositionConditionNotMet")
		return
	}
	b.appended++
	w.Header().Set("X-Ms-Blob-Append-Offset", strconv.Itoa(len(b.data)))
	w.Header().Set("X-Ms-Blob-Committed-Block-Count", strconv.Itoa(b.appended))
	b.data = append(b.data, raw...)
	s.store(w, name, b)
}

func (s *service) store(w http.ResponseWriter, name string, b *blob) {
	s.now++
	b.etag = fmt.Sprintf(`"0x%015X"`, s.now)
	b.written = time.Now()
	s.blobs[name] = b
	w.Header().Set("Etag", b.etag)
	w.Header().Set("Last-Modified", b.written.UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusCreated)
}

func (s *service) get(w http.ResponseWriter, req *http.Request, name string) {
	b := s.blobs[name]
	if b == nil {
		refuse(w, http.StatusNotFound, "BlobNotFound")
		return
	}
	if etag := req.Header.Get("If-Match"); etag != "" && etag != b.etag {
		refuse(w, http.StatusPreconditionFailed, "ConditionNotMet")
		return
	}
	w.Header().Set("Etag", b.etag)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Ms-Blob-Type", b.kind)
	w.Header().Set("Content-Md5", md5Base64(b.data))
	if span := req.Header.Get("X-Ms-Range"); span != "" {
		req.Header.Set("Range", span) // the service's own name for it
	}
	http.ServeContent(w, req, "", b.written, strings.NewReader(string(b.data)))
}

func (s *service) remove(w http.ResponseWriter, name string) {
	if s.blobs[name] == nil {
		refuse(w, http.StatusNotFound, "BlobNotFound")
		return
	}
	delete(s.blobs, name)
	w.WriteHeader(http.StatusAccepted)
}

func md5Base64(raw []byte) string {
	sum := md5.Sum(raw) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(sum[:])
}
