// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/surefoot-go/surefoot/retry"
)

// A server that answers before it has read a large body leaves a goroutine of
// net/http inside of the body's Read while the next attempt begins. Run with
// the race detector, this fails where the two share anything.
func TestRetry_LargeBodyAndServerThatAnswersEarly(t *testing.T) {
	t.Parallel()
	content := make([]byte, 8<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	sum := sha256.Sum256(content)
	tests := []struct {
		name   string
		http2  bool
		buffer bool
	}{
		{"HTTP/1 with GetBody", false, false},
		{"HTTP/1 with a buffer", false, true},
		{"HTTP/2 with GetBody", true, false},
		{"HTTP/2 with a buffer", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests, intact atomic.Int32
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) < 4 {
					_, _ = io.CopyN(io.Discard, r.Body, 1000*int64(requests.Load()))
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				hash := sha256.New()
				_, _ = io.Copy(hash, r.Body)
				if bytes.Equal(hash.Sum(nil), sum[:]) {
					intact.Add(1)
				}
			}))
			srv.EnableHTTP2 = tt.http2
			srv.StartTLS()
			t.Cleanup(srv.Close)

			// A connection that the server closes while it is written to can end
			// an attempt with an error, which is one more attempt.
			r := newRetrier(t, soon, retry.WithMaxAttempts(10), retry.WithBodyBuffer(16<<20))
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, srv.URL, bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if tt.buffer {
				req.GetBody = nil
			}
			wantStatus(t, r.Wrap(srv.Client().Transport), req, http.StatusOK)
			if requests.Load() < 4 || intact.Load() != 1 {
				t.Errorf("got %d intact bodies in %d requests, want 1 in 4", intact.Load(), requests.Load())
			}
		})
	}
}
