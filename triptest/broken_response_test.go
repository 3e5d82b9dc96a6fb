// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// valueless is a context without values.
type valueless struct{ context.Context }

func (valueless) Value(any) any { return nil }

func dropValues(req *http.Request) {
	*req = *req.WithContext(valueless{req.Context()}) //nolint:contextcheck // that is what is wrong
}

func brokenResponses() map[string]broken {
	return map[string]broken{
		"response/passed-on": receiving(func(resp *http.Response) {
			*resp = http.Response{
				StatusCode: resp.StatusCode, Status: http.StatusText(resp.StatusCode), Header: resp.Header,
				Body: resp.Body, Request: resp.Request,
			}
		}),
		"response/header": receiving(func(resp *http.Response) {
			header := http.Header{}
			for key := range resp.Header {
				header.Set(key, resp.Header.Get(key))
			}
			resp.Header = header
		}),
		"response/status-is-no-error": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil && resp.StatusCode >= 500 {
				resp.Body.Close()
				return nil, errors.New(resp.Status)
			}
			return resp, err
		}),
		"response/error-kept": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, fmt.Errorf("sending: %v", err) //nolint:errorlint // broken on purpose
			}
			return resp, nil
		}),
		"response/one-of-two": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil && resp.StatusCode >= 500 {
				err = errors.New(resp.Status)
			}
			return resp, err
		}),
		"response/request":             receiving(func(resp *http.Response) { resp.Request = nil }),
		"response/redirect-left-alone": {wrap: client},
		"response/informational":       sending(dropValues),
		"response/nil-body": receiving(func(resp *http.Response) {
			if resp.StatusCode >= 500 {
				resp.Body.Close()
			}
		}),
		"response/neither": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil {
				resp.Header.Set("X-Seen", "1")
			}
			return resp, err
		}),
	}
}

// client sends by a client of its own, which follows redirects.
func client(next http.RoundTripper) http.RoundTripper {
	inner := &http.Client{Transport: next}
	return trip.Func(func(req *http.Request) (*http.Response, error) { return inner.Do(req) })
}

// reader reads a body by another reader, and closes the body itself.
func reader(body io.ReadCloser, by io.Reader) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{by, body}
}

// quiet passes every error off as the end of the body.
type quiet struct{ io.ReadCloser }

func (b quiet) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

type closedOnce struct {
	io.ReadCloser
	closed bool
}

func (b *closedOnce) Close() error {
	if b.closed {
		return errors.New("closed before")
	}
	b.closed = true
	return b.ReadCloser.Close()
}

func brokenResponseBodies() map[string]broken {
	return map[string]broken{
		"response/body-bytes": receiving(func(resp *http.Response) {
			resp.Body = reader(resp.Body, io.LimitReader(resp.Body, 64<<10))
		}),
		"response/headers-first": receiving(func(resp *http.Response) {
			if resp.StatusCode >= 400 {
				start, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
				resp.Body = reader(resp.Body, io.MultiReader(bytes.NewReader(start), resp.Body))
			}
		}),
		"response/streams": receiving(buffer),
		"response/trailer": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			again := *resp
			again.Trailer = resp.Trailer.Clone()
			return &again, nil
		}),
		"response/close-reaches-base": receiving(func(resp *http.Response) { resp.Body = io.NopCloser(resp.Body) }),
		"response/broken-body":        receiving(func(resp *http.Response) { resp.Body = quiet{resp.Body} }),
		"response/body-not-cut": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(req.Context(), time.Minute)
			defer cancel()
			return next.RoundTrip(req.WithContext(ctx))
		}),
		"response/close-twice": receiving(func(resp *http.Response) { resp.Body = &closedOnce{ReadCloser: resp.Body} }),
		"response/head":        receiving(func(resp *http.Response) { resp.ContentLength = -1 }),
		"response/no-content": receiving(func(resp *http.Response) {
			if resp.StatusCode == http.StatusNoContent {
				resp.Body = nil
			}
		}),
		"response/upgrade": receiving(func(resp *http.Response) { resp.Body = reader(resp.Body, resp.Body) }),
		"response/upgrade-lasts": receiving(func(resp *http.Response) {
			body := resp.Body
			time.AfterFunc(time.Minute, func() { body.Close() })
		}),
	}
}

// buffer reads a body before it is returned.
func buffer(resp *http.Response) {
	content, _ := io.ReadAll(resp.Body)
	resp.Body = reader(resp.Body, bytes.NewReader(content))
}

func brokenContexts() map[string]broken {
	return map[string]broken{
		"context/cancel": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if req.Context().Err() != nil {
				return nil, errors.New("request canceled")
			}
			return resp, err
		}),
		"context/cause": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if ctxErr := req.Context().Err(); ctxErr != nil {
				return nil, ctxErr
			}
			return resp, err
		}),
		"context/deadline": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if errors.Is(err, context.DeadlineExceeded) {
				return nil, errors.New("timed out")
			}
			return resp, err
		}),
		"context/done-before": sending(func(req *http.Request) {
			*req = *req.WithContext(context.WithoutCancel(req.Context()))
		}),
		"context/no-attempt-after-cancel": {wrap: retryingWith(4, func(r *retrier) {
			r.fits = func(context.Context, time.Duration) bool { return true }
			r.sleep = func(context.Context, time.Duration) error { return nil }
		})},
		"context/values": sending(dropValues),
		"context/deadline-reaches-base": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
			context.AfterFunc(req.Context(), cancel)
			return next.RoundTrip(req.WithContext(ctx))
		}),
		"context/cancel-reaches-base": {wrap: detached},
		"context/cancel-reaches-body": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
			defer context.AfterFunc(req.Context(), cancel)()
			return next.RoundTrip(req.WithContext(ctx))
		}),
		"context/late-answer-closed": {wrap: detached},
	}
}

// detached waits for its next or its context, and lets go of what comes later.
func detached(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		done := make(chan hedged, 1)
		go func() { //nolint:contextcheck // that is what is wrong
			resp, err := next.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
			done <- hedged{resp, err}
		}()
		select {
		case h := <-done:
			return h.resp, h.err
		case <-req.Context().Done():
			return nil, context.Cause(req.Context())
		}
	})
}
