// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/upload"
	"github.com/surefoot-go/surefoot/trip"
)

// What comes of a request whose body cannot be read, over loopback: net/http
// returns the error of its reader, and that says nothing of the server.
func TestClassify_ReadersOfUploads(t *testing.T) {
	t.Parallel()
	badRequest := verdict(classify.Terminal, classify.ReasonRequest)
	for _, test := range []struct {
		name string
		err  error
	}{
		{"a plain error", errBroken},
		{"an end too early", io.ErrUnexpectedEOF},
		{"a timeout of the client that uploads", os.ErrDeadlineExceeded},
		{"a reset of the connection that it is read from", &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}},
		{"a file", &os.PathError{Op: "read", Path: "/x", Err: syscall.EIO}},
		{"more than a server takes", &http.MaxBytesError{Limit: 1}},
	} {
		for _, body := range []struct {
			name   string
			before string
			length int64
		}{{"at once", "", -1}, {"after some bytes", "xxxxx", -1}, {"of a known length", "xxxxx", 10}} {
			for _, h2 := range []bool{false, true} {
				t.Run(test.name+", "+body.name+", "+protocolName(h2), func(t *testing.T) {
					t.Parallel()
					server := swallow(t, h2)
					req := uploadTo(t, server.URL, io.MultiReader(strings.NewReader(body.before), iotest.ErrReader(test.err)))
					req.ContentLength = body.length
					judged, resp, err := through(server.Client().Transport, req)
					if err == nil {
						resp.Body.Close()
						t.Fatalf("got status %d, want an error", resp.StatusCode)
					}
					if !errors.Is(err, test.err) {
						t.Errorf("got %v, want the error of the reader", err)
					}
					checkVerdict(t, classify.Default().Classify(judged, nil, err), badRequest)
				})
			}
		}
	}
}

// Here the body is as good as any, and the server is to blame.
func TestClassify_ServersThatFailUploads(t *testing.T) {
	t.Parallel()
	for _, h2 := range []bool{false, true} {
		t.Run(protocolName(h2), func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = r.Body.Read(make([]byte, 1))
				panic(http.ErrAbortHandler)
			}))
			server.EnableHTTP2 = h2
			server.StartTLS()
			t.Cleanup(server.Close)
			body, source := io.Pipe()
			go func() { // until the transport closes it
				for {
					if _, err := source.Write(make([]byte, 1<<10)); err != nil {
						return
					}
				}
			}()
			judged, resp, err := through(server.Client().Transport, uploadTo(t, server.URL, body))
			if err == nil {
				resp.Body.Close()
				t.Fatalf("got status %d, want an error", resp.StatusCode)
			}
			t.Log(err)
			if v := classify.Default().Classify(judged, nil, err); v.Class != classify.Retryable {
				t.Errorf("got %+v, want it to be retryable", v)
			}
		})
	}
}

// It needs nobody who watches the body: no server's answer ends like that.
func TestClassify_MaxBytes(t *testing.T) {
	t.Parallel()
	for _, h2 := range []bool{false, true} {
		t.Run(protocolName(h2), func(t *testing.T) {
			t.Parallel()
			server := swallow(t, h2)
			req := uploadTo(t, server.URL, http.MaxBytesReader(nil, io.NopCloser(strings.NewReader("too much")), 3))
			resp, err := server.Client().Transport.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
				t.Fatalf("got status %d, want an error", resp.StatusCode)
			}
			checkVerdict(t, classify.Default().Classify(req, nil, err), verdict(classify.Terminal, classify.ReasonRequest))
		})
	}
}

// What the caller has decided, and what was never sent, comes first.
func TestClassify_ReadersThatFailBesidesSomethingElse(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), -1)
	t.Cleanup(cancel)
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
		want classify.Verdict
	}{
		{"nothing else", t.Context(), io.EOF, verdict(classify.Terminal, classify.ReasonRequest)},
		{"the caller gave up", gone, errBroken, verdict(classify.Unknown, classify.ReasonCanceled)},
		{"the caller's deadline", late, errBroken, verdict(classify.Retryable, classify.ReasonDeadline)},
		{"a rejection", t.Context(), rejection{}, notSent(classify.Unknown, classify.ReasonRejected)},
		{"a wrapped rejection", t.Context(), errors.Join(rejection{}), verdict(classify.Unknown, classify.ReasonRejected)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req := uploadTo(t, "http://host.test", iotest.ErrReader(errBroken)).WithContext(test.ctx)
			judged, _, err := through(trip.Func(func(req *http.Request) (*http.Response, error) {
				_, _ = req.Body.Read(make([]byte, 1))
				return nil, test.err
			}), req)
			checkVerdict(t, classify.Default().Classify(judged, nil, err), test.want)
		})
	}
}

// through sends as a layer does, and returns what to judge by.
func through(next http.RoundTripper, req *http.Request) (judged *http.Request, resp *http.Response, err error) {
	sent := upload.Watch(req)
	resp, err = next.RoundTrip(sent)
	upload.Restore(resp, sent, req)
	return sent, resp, err
}

type rejection struct{}

func (rejection) Error() string  { return "rejected" }
func (rejection) Rejected() bool { return true }

func protocolName(h2 bool) string {
	if h2 {
		return "HTTP/2"
	}
	return "HTTP/1.1"
}

// swallow returns a server that reads all and answers 200.
func swallow(t *testing.T, h2 bool) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	server.EnableHTTP2 = h2
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func uploadTo(t *testing.T, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}
