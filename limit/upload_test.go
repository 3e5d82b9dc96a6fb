// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"io"
	"net/http"
	"os"
	"testing"
	"testing/iotest"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/trip"
)

// A client that is slow to upload through a proxy ends in a timeout of the body's
// reader, which is no sign of a server with too much to do.
func TestUpload_AReaderThatTimesOutIsNoOverload(t *testing.T) {
	t.Parallel()
	l, err := limit.New()
	if err != nil {
		t.Fatal(err)
	}
	rt := l.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		_, err := io.Copy(io.Discard, req.Body)
		return nil, err
	}))
	for range 20 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://host.test", iotest.ErrReader(os.ErrDeadlineExceeded))
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := rt.RoundTrip(req); err == nil {
			resp.Body.Close()
			t.Fatal("got an answer, want the reader's error")
		}
	}
	for _, k := range l.Snapshot() {
		if k.Limit != 0 {
			t.Errorf("got %+v, want no limit", k)
		}
	}
}
