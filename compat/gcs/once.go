// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package gcs

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
)

// once adds to fake-gcs-server what the real service promises of an upload in
// chunks and the fake does not keep: bytes that are there already are ignored
// when they come again. The fake appends them, or has forgotten the upload.
func once(next http.Handler) http.Handler {
	var mu sync.Mutex
	answers := make(map[[3]string]*httptest.ResponseRecorder)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		upload, span := req.URL.Query().Get("upload_id"), req.Header.Get("Content-Range")
		if upload == "" || span == "" {
			next.ServeHTTP(w, req)
			return
		}
		chunk, err := io.ReadAll(req.Body)
		if err != nil {
			return // the client is gone, and what came is no whole chunk
		}
		mu.Lock()
		defer mu.Unlock()
		key := [3]string{upload, span, string(chunk)}
		answer := answers[key]
		if answer == nil {
			answer = httptest.NewRecorder()
			req.Body = io.NopCloser(bytes.NewReader(chunk))
			next.ServeHTTP(answer, req)
			answers[key] = answer
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // a client that is gone is not our business
	})
}
