// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package otelhttp

import (
	"fmt"
	"io"
	"net/http"
)

// serve answers with what it got, flushed in two parts.
func serve(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return // the client is gone
	}
	if req.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	_, _ = fmt.Fprintf(w, "%s %q", req.Method, raw) //nolint:gosec // no browser comes here, and a client that is gone is not our business
	_ = http.NewResponseController(w).Flush()       // as above
	_, _ = io.WriteString(w, ", and more")          // as above
}
