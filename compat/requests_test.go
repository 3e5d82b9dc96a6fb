// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package compat_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/carlmjohnson/requests"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Why docs/sdk-payments-and-rest.md says retry.Never with BodyReader: requests says
// that such a body can be read again, and it cannot. If this test fails, requests
// has mended that, and the page need not warn any more.
func TestRequests_BodyReaderIsReadOnce(t *testing.T) {
	t.Parallel()
	got := make(chan string, 8)
	server, err := rig.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body) // what came is compared below
		got <- string(raw)
		if len(got) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	rt, err := transport.New(nil, transport.WithRetry(retry.WithBackoff(time.Nanosecond, time.Nanosecond)))
	if err != nil {
		t.Fatal(err)
	}
	pipe := struct{ io.Reader }{strings.NewReader("body")} // its length cannot be known
	err = requests.URL(server.URL).Transport(rt).Method(http.MethodPut).BodyReader(pipe).Fetch(t.Context())
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v and %d requests, want 2", err, len(got))
	}
	if first, second := <-got, <-got; first != "body" || second != "" {
		t.Errorf("got %q, then %q, want the second to be empty", first, second)
	}
}
