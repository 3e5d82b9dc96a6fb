// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/trip"
)

// A provoked error is one that the real net/http has made.
type provoked struct {
	text    string // of the innermost error, or its beginning
	verdict classify.Verdict
	provoke func(t *testing.T) error
}

var (
	badRequest = classify.Verdict{Class: classify.Terminal, Reason: classify.ReasonRequest}
	wasReset   = classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonReset}
	gaveUp     = classify.Verdict{Reason: classify.ReasonCanceled}
	protocol   = classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonProtocol}
	unsent     = classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonProtocol, NotSent: true}
)

// TestKnownTexts_OfNetHTTP fails when net/http changes one of the texts by
// which errors are known. The real transport makes each of them here.
func TestKnownTexts_OfNetHTTP(t *testing.T) {
	t.Parallel()
	missing := make(map[string]bool)
	for _, known := range classify.KnownTexts() {
		missing[known.Text] = known.Begin
	}
	for _, test := range slices.Concat(badRequests(), lostConnections(), http2Errors(), clientConnErrors()) {
		begin, known := missing[test.text]
		if !known {
			t.Errorf("%q is not a known text, or provoked twice", test.text)
		}
		delete(missing, test.text)
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				err := test.provoke(t)
				if got := innermost(err); got != test.text && !(begin && strings.HasPrefix(got, test.text)) {
					t.Errorf("got %q", got)
				}
				checkVerdict(t, classify.Default().Classify(nil, nil, err), test.verdict)
			})
		})
	}
	for text := range missing {
		t.Errorf("%q is not provoked", text)
	}
}

func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// send makes a GET, lets change have a go at it, and returns the error.
func send(t *testing.T, rt http.RoundTripper, change func(*http.Request)) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := rt.RoundTrip(req)
	if err == nil {
		resp.Body.Close()
		t.Fatalf("got status %d, want an error", resp.StatusCode)
	}
	return err
}

// post makes the request one that has a body and cannot be replayed.
func post(req *http.Request) {
	req.Method = http.MethodPost
	req.Body = io.NopCloser(strings.NewReader("hello"))
	req.ContentLength = 5
}

// onConn runs f when a request has got its connection, before it uses it.
func onConn(req *http.Request, f func()) *http.Request {
	return req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { f() },
	}))
}

// sink is a server that reads and never answers.
func sink(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func badRequests() []provoked {
	broken := func(change func(*http.Request)) func(*testing.T) error {
		return func(t *testing.T) error { return send(t, (&pipes{serve: sink}).transport(t), change) }
	}
	row := func(text string, change func(*http.Request)) provoked {
		return provoked{text, badRequest, broken(change)}
	}
	return []provoked{
		row("http: nil Request.URL", func(req *http.Request) { req.URL = nil }),
		row("http: nil Request.Header", func(req *http.Request) { req.Header = nil }),
		row("http: no Host in request URL", func(req *http.Request) { req.URL.Host = "" }),
		row("unsupported protocol scheme ", func(req *http.Request) { req.URL.Scheme = "gopher" }),
		row("net/http: invalid method ", func(req *http.Request) { req.Method = "G T" }),
		row("net/http: invalid header field ", func(req *http.Request) { req.Header["a b"] = []string{"c"} }),
		row("net/http: invalid trailer field ", func(req *http.Request) { req.Trailer = http.Header{"a b": nil} }),
		row("invalid Trailer key ", func(req *http.Request) {
			post(req)
			req.ContentLength = -1
			req.Trailer = http.Header{"Content-Length": nil}
		}),
		row("net/http: can't write control character in Request.URL", func(req *http.Request) { req.URL.Opaque = "/\x7f" }),
		row("http: Request.ContentLength=", func(req *http.Request) { req.Body, req.ContentLength = nil, 5 }),
		row("http: ContentLength=", func(req *http.Request) { post(req); req.ContentLength = 10 }),
		{"http: invalid Host header", badRequest, func(t *testing.T) error {
			tr := (&pipes{serve: sink}).transport(t)
			tr.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.test"})
			return send(t, tr, func(req *http.Request) { req.Host = "a b" })
		}},
		{"http: Request.RequestURI can't be set in client requests", badRequest, func(t *testing.T) error {
			return do(&http.Client{}, &http.Request{URL: &url.URL{Scheme: "http", Host: "a.test"}, RequestURI: "/"})
		}},
		{"stopped after 10 redirects", badRequest, func(t *testing.T) error {
			around := trip.Func(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"/"}}, Body: http.NoBody}, nil
			})
			return do(&http.Client{Transport: around}, &http.Request{URL: &url.URL{Scheme: "http", Host: "a.test"}})
		}},
	}
}

func do(c *http.Client, req *http.Request) error {
	_, err := c.Do(req)
	return err
}

func lostConnections() []provoked {
	return []provoked{
		{"net/http: request canceled", gaveUp, func(t *testing.T) error {
			return send(t, (&pipes{serve: sink}).transport(t), cancelSoon)
		}},
		{"net/http: request canceled while waiting for connection", gaveUp, func(t *testing.T) error {
			over := make(chan struct{})
			defer close(over)
			return send(t, &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				<-over
				return nil, errors.New("too late")
			}}, cancelSoon)
		}},
		{"http: server closed idle connection", wasReset, func(t *testing.T) error {
			tr, closeServer := reused(t)
			return send(t, tr, func(req *http.Request) {
				post(req)
				*req = *onConn(req, func() { closeServer(); synctest.Wait() })
			})
		}},
		{"malformed HTTP ", protocol, func(t *testing.T) error {
			tr := (&pipes{serve: func(conn net.Conn) {
				if readRequest(bufio.NewReader(conn)) == nil {
					_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH\r\n\r\n")
				}
			}}).transport(t)
			return send(t, tr, nil)
		}},
	}
}

// cancelSoon cancels a request in the way of old, once it can go no further.
func cancelSoon(req *http.Request) {
	cancel := make(chan struct{})
	req.Cancel = cancel //nolint:staticcheck // the deprecated way is the one to test
	time.AfterFunc(time.Second, func() { close(cancel) })
}

// reused returns a transport with an idle connection, to a server that closes
// it after the next request, and a function by which it does so at once.
func reused(t *testing.T) (tr *http.Transport, closeServer func()) {
	t.Helper()
	var server net.Conn
	tr = (&pipes{serve: func(conn net.Conn) {
		server = conn
		r := bufio.NewReader(conn)
		if readRequest(r) == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			_ = readRequest(r)
		}
	}}).transport(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	synctest.Wait()
	return tr, func() { server.Close() }
}

func http2Errors() []provoked {
	silent := func(uint32, sendFrame) {}
	return []provoked{
		{"http2: Transport received GOAWAY from server ErrCode:", unsent, func(t *testing.T) error {
			return send(t, http2Transport(t, nil, goAway(0, 0xb)), nil)
		}},
		{"http2: Transport: cannot retry err [", protocol, func(t *testing.T) error {
			return send(t, http2Transport(t, nil, reset(0x7)), post)
		}},
		{"http2: client connection lost", wasReset, func(t *testing.T) error {
			tr := http2Transport(t, nil, silent)
			tr.HTTP2 = &http.HTTP2Config{SendPingTimeout: time.Second, PingTimeout: time.Second}
			return send(t, tr, nil)
		}},
		{"http2: request body larger than specified content length", badRequest, func(t *testing.T) error {
			return send(t, http2Transport(t, nil, silent), func(req *http.Request) {
				post(req)
				req.ContentLength = 2
			})
		}},
		{"request header list larger than peer's advertised limit", badRequest, func(t *testing.T) error {
			small := binary.BigEndian.AppendUint16(nil, settingMaxHeaderListSize)
			tr := http2Transport(t, append(small, words(10)...), silent)
			return send(t, tr, func(req *http.Request) { *req = *onConn(req, synctest.Wait) })
		}},
		{"http2: client conn could not be established", classify.Verdict{
			Class: classify.Retryable, Reason: classify.ReasonConnect, NotSent: true,
		}, func(t *testing.T) error {
			tr := (&pipes{serve: func(conn net.Conn) {
				time.AfterFunc(time.Second, func() { conn.Close() })
				sink(conn)
			}}).transport(t)
			tr.Protocols = new(http.Protocols)
			tr.Protocols.SetUnencryptedHTTP2(true)
			return send(t, tr, func(req *http.Request) {
				*req = *onConn(req, func() { <-time.NewTimer(2 * time.Second).C })
			})
		}},
	}
}

// The text of this error has a type, of its own kind.
func TestTLSHandshakeTimeout_OfNetHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := (&pipes{serve: sink}).transport(t)
		tr.TLSHandshakeTimeout = time.Second
		err := send(t, tr, func(req *http.Request) { req.URL.Scheme = "https" })
		checkVerdict(t, classify.Default().Classify(nil, nil, err),
			classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonTimeout, NotSent: true})
	})
}

// Only plain errors are known by their text.
func TestKnownTexts_OfAnotherType(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		textError("http: nil Request.URL"),
		textError("http2: Transport received Server's graceful shutdown GOAWAY"),
		errors.New("oauth2: http: nil Request.URL"),
	} {
		checkVerdict(t, classify.Default().Classify(nil, nil, err),
			classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonOther})
	}
}

type textError string

func (e textError) Error() string { return string(e) }
