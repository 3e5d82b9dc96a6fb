// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPage_IsForThisMachine(t *testing.T) {
	t.Parallel()
	page := local(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	for host, want := range map[string]int{
		"127.0.0.1:8080": http.StatusOK, "[::1]:8080": http.StatusOK, "10.0.0.5": http.StatusOK,
		"localhost:8080": http.StatusOK, "LocalHost": http.StatusOK,
		"evil.test": http.StatusForbidden, "localhost.evil.test:8080": http.StatusForbidden, "": http.StatusForbidden,
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		req.Host = host
		w := httptest.NewRecorder()
		page.ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("asked for %q: got %d, want %d", host, w.Code, want)
		}
	}
}
