// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/trip"
)

func brokenRequests() map[string]broken {
	return map[string]broken{
		"request/untouched": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			req.Header.Set("X-Seen", "1")
			return next.RoundTrip(req)
		}),
		"request/untouched-in-flight": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			req.Header.Set("X-Seen", "1")
			defer req.Header.Del("X-Seen")
			return next.RoundTrip(req)
		}),
		"request/passed-on": sending(func(req *http.Request) {
			u := *req.URL
			u.RawPath = ""
			req.URL = &u
		}),
		"request/header-as-written": sending(func(req *http.Request) {
			header := http.Header{}
			for key := range req.Header {
				header.Set(key, req.Header.Get(key))
			}
			req.Header = header
		}),
		"request/host":              sending(func(req *http.Request) { req.Host = req.URL.Host }),
		"request/sent-once":         {wrap: retrying(2)},
		"request/success-sent-once": {wrap: whenever(func(resp *http.Response) bool { return resp.StatusCode == 202 })},
		"request/empty-method": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			if req.Method == "" {
				trip.CloseBody(req)
				return nil, errors.New("no method")
			}
			return next.RoundTrip(req)
		}),
		"request/unknown-method": sending(func(req *http.Request) { req.Method = strings.ToUpper(req.Method) }),
		"request/nil-header": sending(func(req *http.Request) {
			req.Header = req.Header.Clone()
			req.Header.Set("X-Seen", "1")
		}),
		"request/nil-url": sending(func(req *http.Request) { _ = req.URL.Host }),
	}
}

// whenever sends a GET again, at once, and at most once, if the answer matches.
func whenever(match func(*http.Response) bool) trip.Middleware {
	return wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && req.Method == http.MethodGet && match(resp) {
			resp.Body.Close()
			return next.RoundTrip(req)
		}
		return resp, err
	})
}

// readAll reads a request's body before it is sent.
func readAll(req *http.Request) []byte {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	content, _ := io.ReadAll(req.Body)
	req.Body.Close()
	req.Body = io.NopCloser(bytes.NewReader(content))
	return content
}

// unclosed hides the Close of a body.
func unclosed(req *http.Request) {
	if req.Body != nil {
		req.Body = io.NopCloser(req.Body)
	}
}

// closedAtEOF closes a body only at its end.
type closedAtEOF struct{ io.ReadCloser }

func (b closedAtEOF) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.ReadCloser.Close()
	}
	return n, err
}

func (b closedAtEOF) Close() error { return nil }

func brokenRequestBodies() map[string]broken {
	return map[string]broken{
		"request/body-bytes": sending(func(req *http.Request) {
			req.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(req.Body, 64<<10), req.Body}
			req.ContentLength = min(req.ContentLength, 64<<10)
		}),
		"request/body-of-unknown-length": sending(func(req *http.Request) { req.ContentLength = int64(len(readAll(req))) }),
		"request/no-body": sending(func(req *http.Request) {
			if req.Body == nil {
				req.Body = http.NoBody
			}
			req.Body = io.NopCloser(req.Body)
		}),
		"request/body-streams": sending(func(req *http.Request) { readAll(req) }),
		"request/getbody-kept": sending(func(req *http.Request) { req.GetBody = nil }),
		"request/trailer": sending(func(req *http.Request) {
			*req = *req.Clone(req.Context()) // with a trailer of its own
		}),
		"request/body-closed-on-success": sending(unclosed),
		"request/body-closed-on-error": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			sent := req.WithContext(req.Context())
			unclosed(sent)
			resp, err := next.RoundTrip(sent)
			if err == nil {
				trip.CloseBody(req)
			}
			return resp, err
		}),
		"request/body-closed-on-early-answer": sending(func(req *http.Request) {
			if req.Body != nil {
				req.Body = closedAtEOF{req.Body}
			}
		}),
		"request/body-closed-on-cancel": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			if err := req.Context().Err(); err != nil {
				return nil, err
			}
			return next.RoundTrip(req)
		}),
	}
}
