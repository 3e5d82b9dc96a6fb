// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

func TestRetry_HandsOverLastResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bodies []*spyBody
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			b := newBody("answer " + strconv.Itoa(len(bodies)+1))
			bodies = append(bodies, b)
			return response(req, http.StatusServiceUnavailable, b, "X-N", strconv.Itoa(len(bodies))), nil
		})
		req := newRequest(t.Context(), t, http.MethodGet)
		resp, err := newRetrier(t).Wrap(base).RoundTrip(req)
		if err != nil {
			t.Fatalf("got error %v, want the last response", err)
		}
		last := bodies[len(bodies)-1]
		if last.read.Load() != 0 || last.closed.Load() != 0 {
			t.Error("got the last response read or closed, want it as it came")
		}
		if got := resp.Header.Get("X-N"); got != "4" || len(bodies) != 4 {
			t.Errorf("got response %s of %d, want the fourth of four", got, len(bodies))
		}
		if resp.Request != req {
			t.Error("got the request of an attempt in the response, want the caller's own")
		}
		if content, err := io.ReadAll(resp.Body); err != nil || string(content) != "answer 4" {
			t.Errorf("got body %q and error %v, want %q", content, err, "answer 4")
		}
		_ = resp.Body.Close()
		synctest.Wait()
		for i, b := range bodies {
			wantClosed(t, fmt.Sprintf("body %d", i+1), b)
		}
	})
}

func TestRetry_HandsOverLastErrorUnchanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		last := fmt.Errorf("attempt 4: %w", errReset)
		base := play(fail(errReset), status(http.StatusBadGateway), fail(errReset), fail(last))
		wantError(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet), last)
		wantCount(t, base, 4)
	})
}

func TestRetry_MakesOneAttemptWhereAnotherWouldNotHelp(t *testing.T) {
	t.Parallel()
	once := []int{100, 200, 201, 204, 301, 302, 307, 400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 412, 413, 415, 418, 422, 423, 451, 499, 501, 505}
	more := []int{408, 425, 429, 500, 502, 503, 504, 507, 511, 599, 0, -1, 99, 600, 999, 1000}
	check := func(code, want int) {
		t.Run("status "+strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(status(code))
				resp, body, err := send(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet))
				if err != nil || resp.StatusCode != code || !strings.HasPrefix(body, "answer") {
					t.Errorf("got %v, %q and %v, want status %d with its body", resp, body, err, code)
				}
				wantCount(t, base, want)
			})
		})
	}
	for _, code := range once {
		check(code, 1)
	}
	for _, code := range more {
		check(code, retry.DefaultMaxAttempts)
	}
}

// A base that returns a response and an error breaks the contract. Nobody
// above is to see that, nor to leak the response.
func TestRetry_MakesOneOutcomeOfTwo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		code int
		opts []retry.Option
		want int
	}{
		{"of a status that is final", http.StatusOK, nil, 4},
		{"of a status that is not", http.StatusServiceUnavailable, nil, 4},
		{"of a redirect that was refused", http.StatusFound, nil, 1},
		{"in the last attempt", http.StatusOK, []retry.Option{retry.WithMaxAttempts(1)}, 1},
		{"with an observer", http.StatusOK, []retry.Option{retry.WithObserver(new(recorder))}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var bodies []*spyBody
				base := trip.Func(func(req *http.Request) (*http.Response, error) {
					bodies = append(bodies, newBody("both"))
					return response(req, tt.code, bodies[len(bodies)-1]), errReset
				})
				r := newRetrier(t, tt.opts...)
				wantError(t, r.Wrap(base), newRequest(t.Context(), t, http.MethodGet), errReset)
				synctest.Wait()
				if len(bodies) != tt.want {
					t.Errorf("got %d attempts, want %d", len(bodies), tt.want)
				}
				for i, b := range bodies {
					wantClosed(t, fmt.Sprintf("body %d", i+1), b)
				}
				if keys := r.Snapshot(); len(keys) == 1 && keys[0].Tokens != 7 {
					t.Errorf("got %v tokens, want 7: an error is no answer", keys[0].Tokens)
				}
			})
		})
	}
}

func TestRetry_SurvivesOddOutcomesAndRequests(t *testing.T) {
	t.Parallel()
	nilBody := func(code int) step {
		return func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: code}, nil }
	}
	nothing := func(*http.Request) (*http.Response, error) { return nil, nil } //nolint:nilnil // that is the oddity
	always, err := classify.New(classify.WithStatus(http.StatusOK, classify.Retryable))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(change func(*http.Request)) *http.Request {
		req := newRequest(t.Context(), t, http.MethodGet)
		change(req)
		return req
	}
	tests := []struct {
		name string
		step step
		req  *http.Request
		want int
	}{
		{"a response without body or header", nilBody(http.StatusServiceUnavailable), edit(func(*http.Request) {}), 4},
		{"a 429 without body or header", nilBody(http.StatusTooManyRequests), edit(func(*http.Request) {}), 4},
		{"a 421 without body or header", nilBody(http.StatusMisdirectedRequest), edit(func(*http.Request) {}), 2},
		{"a status that is retryable by choice", nilBody(http.StatusOK), edit(func(*http.Request) {}), 4},
		{"neither response nor error", nothing, edit(func(*http.Request) {}), 1},
		{"a request without a URL", status(http.StatusServiceUnavailable), edit(func(r *http.Request) { r.URL = nil }), 4},
		{"a request without headers", status(http.StatusServiceUnavailable), edit(func(r *http.Request) { r.Header = nil }), 4},
		{"a request without a body", status(http.StatusServiceUnavailable), edit(func(r *http.Request) { r.Body = nil }), 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, opts := range [][]retry.Option{nil, {retry.WithObserver(new(recorder))}} {
					base := play(tt.step)
					opts = append(opts, retry.WithClassifier(always))
					resp, _ := newRetrier(t, opts...).Wrap(base).RoundTrip(tt.req.Clone(t.Context()))
					if resp != nil && resp.Body != nil {
						_ = resp.Body.Close()
					}
					wantCount(t, base, tt.want)
				}
			})
		})
	}
}

func TestRetry_ClassifierDecides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		classifier, err := classify.New(
			classify.WithStatus(http.StatusServiceUnavailable, classify.Terminal),
			classify.WithStatus(http.StatusTeapot, classify.Retryable),
		)
		if err != nil {
			t.Fatal(err)
		}
		r := newRetrier(t, retry.WithClassifier(classifier))
		once, twice := play(status(http.StatusServiceUnavailable)), play(status(http.StatusTeapot), status(http.StatusOK))
		wantStatus(t, r.Wrap(once), newRequest(t.Context(), t, http.MethodGet), http.StatusServiceUnavailable)
		wantCount(t, once, 1)
		wantStatus(t, r.Wrap(twice), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		wantCount(t, twice, 2)

		// The default takes the place of nil.
		base := play(status(http.StatusServiceUnavailable), status(http.StatusOK))
		wantStatus(t, newRetrier(t, retry.WithClassifier(nil)).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		wantCount(t, base, 2)
	})
}

func TestRetry_LeavesCallersRequestAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := newBody("content")
		req := newRequest(t.Context(), t, http.MethodPut)
		req.Body, req.ContentLength = body, 7
		req.Header.Set("X-Caller", "kept")
		before, header, target := *req, req.Header.Clone(), *req.URL
		base := play(status(http.StatusMisdirectedRequest), status(http.StatusServiceUnavailable), status(http.StatusOK))
		r := newRetrier(t, retry.WithBodyBuffer(1<<10), retry.WithConnTrace(), retry.WithObserver(new(recorder)))
		wantStatus(t, r.Wrap(base), req, http.StatusOK)
		if req.Body != before.Body || req.Close != before.Close || req.ContentLength != before.ContentLength ||
			req.Context() != before.Context() || req.GetBody != nil {
			t.Error("got the caller's request changed, want it as it was")
		}
		if fmt.Sprint(req.Header) != fmt.Sprint(header) || *req.URL != target {
			t.Error("got headers or URL changed, want them as they were")
		}
		wantClosed(t, "the caller's body", body)
		for i, a := range base.seen() {
			if a.number != i+1 {
				t.Errorf("got Attempt %d in attempt %d, want the same", a.number, i+1)
			}
			if a.req.Header.Get("X-Caller") != "kept" || a.req.ContentLength != 7 || a.req.Method != http.MethodPut {
				t.Errorf("attempt %d: got a request that lacks what the caller's has", i+1)
			}
		}
	})
}

func TestAttempt_IsOneOutsideOfRetries(t *testing.T) {
	t.Parallel()
	if got := retry.Attempt(t.Context()); got != 1 {
		t.Errorf("got attempt %d, want 1", got)
	}
	if retry.FreshConn(t.Context()) {
		t.Error("got FreshConn true, want false")
	}
}

// To print a request's context must not print the request.
func TestAttempt_ContextKeepsSecrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(status(http.StatusServiceUnavailable), status(http.StatusOK))
		req := newRequest(t.Context(), t, http.MethodGet)
		req.Header.Set("Authorization", "Bearer secret")
		wantStatus(t, newRetrier(t).Wrap(base), req, http.StatusOK)
		text := fmt.Sprintf("%v %s", base.seen()[1].req.Context(), base.seen()[1].req.Context())
		if strings.Contains(text, "secret") {
			t.Errorf("got the header in %q, want it kept out", text)
		}
		if !strings.HasSuffix(text, ".WithAttempt(2)") {
			t.Errorf("got %q, want the number of the attempt at its end", text)
		}
	})
}

// A panic beneath is the caller's to see; what the layer has opened is closed.
func TestRetry_LetsPanicThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var made []*spyBody
		req := newRequest(t.Context(), t, http.MethodPut)
		req.GetBody = func() (io.ReadCloser, error) {
			made = append(made, newBody("content"))
			return made[len(made)-1], nil
		}
		req.Body, _ = req.GetBody()
		base := play(status(http.StatusServiceUnavailable), func(*http.Request) (*http.Response, error) { panic("beneath") })
		// A layer that panics before it has handed the body down.
		early := trip.Func(func(req *http.Request) (*http.Response, error) {
			if retry.Attempt(req.Context()) == 2 {
				panic("beneath")
			}
			return base.RoundTrip(req)
		})
		for range 3 { // nothing is left locked
			func() {
				defer func() {
					if got := recover(); got != "beneath" {
						t.Errorf("got panic %v, want the one from beneath", got)
					}
				}()
				_, _ = newRetrier(t).Wrap(early).RoundTrip(req)
				t.Error("got a return, want a panic")
			}()
		}
		for i, b := range made[1:] {
			if got := b.closed.Load(); got == 0 {
				t.Errorf("got body %d left open, want it closed", i+2)
			}
		}
	})
}

// Each hop of a redirect is a call of its own, so its attempts start anew.
func TestRetry_CountsEachRedirectHop(t *testing.T) {
	t.Parallel()
	var hits [2]atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hop := 0
		if r.URL.Path == "/second" {
			hop = 1
		}
		switch {
		case hits[hop].Add(1) < 4:
			w.WriteHeader(http.StatusServiceUnavailable)
		case hop == 0:
			http.Redirect(w, r, "/second", http.StatusFound)
		}
	}))
	t.Cleanup(srv.Close)
	client := &http.Client{Transport: newRetrier(t, soon).Wrap(srv.Client().Transport)}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/first", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("got error %v, want a response", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || hits[0].Load() != 4 || hits[1].Load() != 4 {
		t.Errorf("got status %d after %d and %d attempts, want 200 after 4 and 4", resp.StatusCode, hits[0].Load(), hits[1].Load())
	}
}

func TestRetry_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			if req.Body != nil {
				_, _ = io.Copy(io.Discard, req.Body)
				_ = req.Body.Close()
			}
			switch n.Add(1) % 4 {
			case 0:
				return nil, errReset
			case 1, 2:
				return response(req, http.StatusServiceUnavailable, newBody("busy"), "Retry-After", "1"), nil
			}
			return response(req, http.StatusOK, newBody("fine")), nil
		})
		r := newRetrier(t, retry.WithBudget(1e6, 1), retry.WithObserver(observe.Func(func(observe.Event) {})), retry.WithBodyBuffer(100))
		rt := r.Wrap(base)
		var calls sync.WaitGroup
		for range 50 {
			calls.Go(func() {
				for range 10 {
					req := newRequest(t.Context(), t, http.MethodPut)
					req.Body, req.ContentLength = newBody("content"), 7
					_, _, _ = send(t, rt, req)
					_ = r.Snapshot()
				}
			})
		}
		calls.Wait()
	})
}

func TestWrap_PassesOnWhatLayersPassOn(t *testing.T) {
	t.Parallel()
	base := &closer{RoundTripper: play(status(http.StatusOK))}
	rt := newRetrier(t).Wrap(base)
	if trip.Unwrap(rt) != base {
		t.Error("got another layer beneath, want the one that was wrapped")
	}
	client := &http.Client{Transport: rt}
	client.CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("got CloseIdleConnections called %d times, want once", base.closed)
	}
	if trip.Unwrap(newRetrier(t).Wrap(nil)) != http.DefaultTransport {
		t.Error("got another base for nil, want http.DefaultTransport")
	}
}

type closer struct {
	http.RoundTripper
	closed int
}

func (c *closer) CloseIdleConnections() { c.closed++ }
