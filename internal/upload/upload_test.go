// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package upload_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/surefoot-go/surefoot/internal/upload"
	"github.com/surefoot-go/surefoot/trip"
)

var errBroken = errors.New("the reader broke")

// post returns a request without GetBody.
func post(tb testing.TB, body io.Reader) *http.Request {
	tb.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://host.test/", body)
	if err != nil {
		tb.Fatal(err)
	}
	req.GetBody = nil
	return req
}

func failed(req *http.Request) bool {
	body, ok := req.Body.(interface{ ReaderFailed() bool })
	return ok && body.ReaderFailed()
}

func TestWatch_TellsWhetherTheReaderFailed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		body io.Reader
		send func(io.ReadCloser) // what the base does with it
		want bool
	}{
		{"read to its end", bytes.NewBufferString("x"), readAll, false},
		{"never read", iotest.ErrReader(errBroken), func(b io.ReadCloser) { _ = b.Close() }, false},
		{"broken at once", iotest.ErrReader(errBroken), readAll, true},
		{"broken later", io.MultiReader(bytes.NewBufferString("x"), iotest.ErrReader(errBroken)), readAll, true},
		{"an end too early", iotest.ErrReader(io.ErrUnexpectedEOF), readAll, true},
		{"an error that wraps the end", iotest.ErrReader(errors.Join(io.EOF)), readAll, true},
		{"closed, and read after that", iotest.ErrReader(errBroken), func(b io.ReadCloser) {
			_ = b.Close()
			readAll(b)
		}, false},
		{"broken, and closed after that", iotest.ErrReader(errBroken), func(b io.ReadCloser) {
			readAll(b)
			_ = b.Close()
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req := post(t, test.body)
			judged, _, err := roundTrip(trip.Func(func(req *http.Request) (*http.Response, error) {
				test.send(req.Body)
				return nil, errBroken
			}), req)
			if !errors.Is(err, errBroken) {
				t.Errorf("got %v, want the error of the base", err)
			}
			if got := failed(judged); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func readAll(b io.ReadCloser) { _, _ = io.Copy(io.Discard, b) }

func TestWatch_LeavesTheCallersRequestAlone(t *testing.T) {
	t.Parallel()
	source := io.NopCloser(bytes.NewBufferString("body"))
	req := post(t, source)
	var sent *http.Request
	judged, resp, err := roundTrip(trip.Func(func(req *http.Request) (*http.Response, error) {
		sent = req
		body, err := io.ReadAll(req.Body)
		if string(body) != "body" || err != nil {
			t.Errorf("got %q, %v, want the caller's body", body, err)
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
	}), req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if req.Body != source || sent == req || judged != sent {
		t.Error("got the caller's request changed or sent, want a copy")
	}
	if resp.Request != req {
		t.Error("got the copy in the response, want the request that the caller knows")
	}
	if sent.URL != req.URL || sent.Method != req.Method || sent.Context() != req.Context() {
		t.Error("got another request, want one that differs in its body only")
	}
}

func TestWatch_ClosesTheSource(t *testing.T) {
	t.Parallel()
	source := &closer{Reader: iotest.ErrReader(errBroken), err: errBroken}
	_, _, _ = roundTrip(trip.Func(func(req *http.Request) (*http.Response, error) {
		if err := req.Body.Close(); !errors.Is(err, errBroken) {
			t.Errorf("got %v, want the error of the source", err)
		}
		return nil, errBroken
	}), post(t, source))
	if source.closed != 1 {
		t.Errorf("got %d calls of Close, want 1", source.closed)
	}
}

type closer struct {
	io.Reader
	err    error
	closed int
}

func (c *closer) Close() error { c.closed++; return c.err }

func TestWatch_WatchesOnlyWhatCanBeHadOnce(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	again := post(t, bytes.NewBufferString("x"))
	again.GetBody = func() (io.ReadCloser, error) { return http.NoBody, nil }
	for _, test := range []struct {
		name string
		req  *http.Request
	}{
		{"no body", post(t, nil)},
		{"http.NoBody", post(t, http.NoBody)},
		{"GetBody", again},
		{"a file, which the kernel may send", post(t, file)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if judged := upload.Watch(test.req); judged != test.req {
				t.Error("got a copy, want the request itself")
			}
		})
	}
	t.Run("watched already", func(t *testing.T) {
		t.Parallel()
		outer := post(t, bytes.NewBufferString("x"))
		watched := upload.Watch(outer)
		if watched == outer {
			t.Fatal("got the request itself, want a copy")
		}
		if judged := upload.Watch(watched); judged != watched {
			t.Error("got a copy of the copy, want it itself")
		}
	})
}

// roundTrip sends req as a layer does, and returns what to judge by.
func roundTrip(next http.RoundTripper, req *http.Request) (judged *http.Request, resp *http.Response, err error) {
	sent := upload.Watch(req)
	resp, err = next.RoundTrip(sent)
	upload.Restore(resp, sent, req)
	return sent, resp, err
}

var sink *http.Request

func TestWatch_Allocates(t *testing.T) { //nolint:paralleltest // counts allocations
	again := post(t, bytes.NewBufferString("x"))
	again.GetBody = func() (io.ReadCloser, error) { return http.NoBody, nil }
	for _, test := range []struct {
		name string
		req  *http.Request
		want float64
	}{
		{"nothing without a body", post(t, nil), 0},
		{"nothing with GetBody", again, 0},
		{"once for a body that can be had once", post(t, bytes.NewBufferString("x")), 1},
	} {
		if got := testing.AllocsPerRun(100, func() { sink = upload.Watch(test.req) }); got != test.want {
			t.Errorf("%s: got %v allocations, want %v", test.name, got, test.want)
		}
	}
}
