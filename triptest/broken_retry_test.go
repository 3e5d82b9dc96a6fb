// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// retries is a retrying wrapper with a worse part, which says that it retries.
func retries(change func(*retrier)) broken {
	return broken{wrap: retryingWith(4, change), opts: []triptest.Option{triptest.Retries(4)}}
}

func always(*http.Request) bool { return true }

func statusFrom(status int) func(*http.Response, error) bool {
	return func(resp *http.Response, err error) bool { return err == nil && resp.StatusCode >= status }
}

func brokenSafety() map[string]broken {
	return map[string]broken{
		"safety/post-once-on-5xx": retries(func(r *retrier) { r.idempotent = always }),
		"safety/post-once-on-429": retries(func(r *retrier) {
			r.idempotent = always
			r.retryable = func(resp *http.Response, err error) bool { return err == nil && resp.StatusCode == 429 }
		}),
		"safety/post-once-on-reset": retries(func(r *retrier) {
			r.idempotent = always
			r.retryable = func(_ *http.Response, err error) bool { return err != nil }
		}),
		"safety/unknown-method-once": retries(func(r *retrier) {
			r.idempotent = func(req *http.Request) bool {
				return !slices.Contains([]string{http.MethodPost, http.MethodPatch}, req.Method)
			}
		}),
		"safety/client-error-once":    retries(func(r *retrier) { r.retryable = statusFrom(400) }),
		"safety/not-implemented-once": retries(func(r *retrier) { r.retryable = statusFrom(500) }),
		"safety/slow-post-once": {wrap: func(next http.RoundTripper) http.RoundTripper {
			h := hedging(next).(*hedger)
			h.safe = func(req *http.Request) bool { return req.URL != nil }
			return h
		}},
		"safety/key-is-not-a-licence": retries(func(r *retrier) {
			r.retryable = func(resp *http.Response, err error) bool { return err != nil || resp.StatusCode >= 400 }
		}),
	}
}

// rewound makes the next request with a body made by open.
func rewound(open func(*http.Request) io.ReadCloser) func(*http.Request, int) (*http.Request, bool) {
	return func(req *http.Request, _ int) (*http.Request, bool) {
		again := req.WithContext(req.Context())
		if req.Body != nil && req.Body != http.NoBody {
			again.Body = open(req)
		}
		return again, true
	}
}

func sameBody(req *http.Request) io.ReadCloser { return req.Body }

func brokenRetries() map[string]broken {
	return map[string]broken{
		"retry/recovers-from-503": retries(func(r *retrier) {
			r.retryable = func(_ *http.Response, err error) bool { return err != nil }
		}),
		"retry/recovers-from-reset": retries(func(r *retrier) { r.retryable = statusFrom(500) }),
		"retry/methods": retries(func(r *retrier) {
			r.idempotent = func(req *http.Request) bool { return req.Method == http.MethodGet || req.Method == "OPTION" }
		}),
		"retry/keyed": {
			wrap: retryingWith(4, func(r *retrier) {
				r.idempotent = func(req *http.Request) bool { return req.Method != http.MethodPost }
			}),
			opts: []triptest.Option{triptest.Retries(4), triptest.RetriesKeyed()},
		},
		"retry/same-key": {wrap: trip.Chain(retrying(4), wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			sent := req.Clone(req.Context())
			sent.Header.Set("Idempotency-Key", time.Now().String())
			return next.RoundTrip(sent)
		})), opts: []triptest.Option{triptest.Retries(4)}},
		"retry/attempts-bounded": retries(func(r *retrier) { r.attempts = 5 }),
		"retry/waits":            retries(func(r *retrier) { r.backoff = func(int) time.Duration { return 0 } }),
		"retry/header-not-piled-up": retries(func(r *retrier) {
			r.rewind = func(req *http.Request, n int) (*http.Request, bool) {
				again, ok := rewind(req, n)
				again.Header = req.Header.Clone()
				for range n {
					again.Header.Add("X-One", "1")
				}
				return again, ok
			}
		}),
		"retry/stops-at-an-answer": retries(func(r *retrier) { r.retryable = statusFrom(400) }),
		"retry/same-bytes":         retries(func(r *retrier) { r.rewind = rewound(sameBody) }),
		"retry/own-body":           {wrap: seeking, opts: []triptest.Option{triptest.Retries(4)}},
		"retry/no-replay-without-getbody": retries(func(r *retrier) {
			r.rewind = rewound(func(*http.Request) io.ReadCloser { return http.NoBody })
		}),
		"retry/buffered": {wrap: retrying(4), opts: []triptest.Option{triptest.Retries(4), triptest.Buffers()}},
		"retry/getbody-fails": {wrap: wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil && resp.StatusCode == 503 && req.GetBody != nil {
				resp.Body.Close()
				if _, err := req.GetBody(); err != nil {
					return nil, err
				}
			}
			return resp, err
		}), opts: []triptest.Option{triptest.Retries(4)}},
		"retry/discarded-closed": retries(func(r *retrier) {
			r.discard = func(*http.Response) func() { return func() {} }
		}),
		"retry/endless-body-discarded": retries(func(r *retrier) { r.discard = drainAll }),
		"retry/stalled-body-discarded": retries(func(r *retrier) { r.discard = drainAll }),
		"retry/last-response": retries(func(r *retrier) {
			r.finish = func(resp *http.Response, err error) (*http.Response, error) {
				if resp != nil {
					drainAll(resp)
				}
				return resp, err
			}
		}),
		"retry/last-error": retries(func(r *retrier) {
			r.finish = func(resp *http.Response, err error) (*http.Response, error) {
				if err != nil {
					err = fmt.Errorf("giving up: %v", err) //nolint:errorlint // broken on purpose
				}
				return resp, err
			}
		}),
		"retry/no-sleep-past-the-deadline": retries(func(r *retrier) { r.fits = forgetDeadline }),
		"retry/cancel-in-wait": retries(func(r *retrier) {
			r.sleep = func(ctx context.Context, d time.Duration) error {
				time.Sleep(d)
				return context.Cause(ctx)
			}
		}),
		"retry/cause-in-wait": retries(func(r *retrier) {
			r.sleep = func(ctx context.Context, d time.Duration) error {
				if err := sleep(ctx, d); err != nil {
					return ctx.Err()
				}
				return nil
			}
		}),
	}
}

func forgetDeadline(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }

// drainAll reads a discarded body to its end, whenever that is.
func drainAll(resp *http.Response) func() {
	if resp != nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return func() {}
}

// seeking keeps a body and rewinds it, while the last attempt may be reading.
func seeking(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		content := readAll(req.WithContext(req.Context()))
		body := &seeker{Reader: bytes.NewReader(content)}
		return retryingWith(4, func(r *retrier) {
			r.rewind = rewound(func(*http.Request) io.ReadCloser {
				body.Seek(0, io.SeekStart)
				return body
			})
		})(sending(func(sent *http.Request) {
			if sent.Body != nil {
				sent.Body = body
			}
		}).wrap(next)).RoundTrip(req)
	})
}

type seeker struct {
	mu sync.Mutex
	*bytes.Reader
}

func (s *seeker) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Reader.Read(p)
}

func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Reader.Seek(offset, whence)
}

func (s *seeker) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{s})
}

func (s *seeker) Close() error { return nil }

func brokenRetryAfter() map[string]broken {
	return map[string]broken{
		"retry-after/seconds": retries(func(r *retrier) {
			r.asked = func(http.Header) (time.Duration, bool) { return 0, true }
		}),
		"retry-after/date": retries(func(r *retrier) {
			r.asked = func(h http.Header) (time.Duration, bool) {
				seconds, _ := strconv.Atoi(h.Get("Retry-After"))
				return time.Duration(seconds) * time.Second, true
			}
		}),
		"retry-after/absurd": retries(func(r *retrier) {
			r.asked = func(h http.Header) (time.Duration, bool) {
				seconds, _ := strconv.Atoi(h.Get("Retry-After"))
				return time.Duration(seconds) * time.Second, true // overflows
			}
		}),
		"retry-after/malformed": retries(func(r *retrier) {
			r.asked = func(h http.Header) (time.Duration, bool) {
				seconds, err := strconv.Atoi(h.Get("Retry-After"))
				return time.Duration(seconds) * time.Second, err == nil
			}
		}),
		"retry-after/beyond-the-deadline": retries(func(r *retrier) { r.fits = forgetDeadline }),
	}
}
