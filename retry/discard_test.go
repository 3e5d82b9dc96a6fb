// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

const drained = 64 << 10 // what is read of a discarded body at most, and a little

// stalled blocks every Read until it is closed.
type stalled struct {
	once   sync.Once
	closed chan struct{}
}

func newStalled() *stalled { return &stalled{closed: make(chan struct{})} }

func (s *stalled) Read([]byte) (int, error) {
	<-s.closed
	return 0, net.ErrClosed
}

func (s *stalled) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// stubborn blocks its Close as well, until its Read ends.
type stubborn struct {
	io.Reader
	release chan struct{}
}

func (s *stubborn) Read([]byte) (int, error) {
	<-s.release
	return 0, io.EOF
}

func (s *stubborn) Close() error {
	<-s.release
	return nil
}

// endless never ends.
var endless = readerFunc(func(p []byte) (int, error) { return len(p), nil })

func TestDiscard_DelaysNothing(t *testing.T) {
	t.Parallel()
	const wait = time.Second
	tests := []struct {
		name string
		code int
		body func() io.ReadCloser
		read int64 // of the body at most
	}{
		{"a short body", http.StatusServiceUnavailable, func() io.ReadCloser { return newBody("busy") }, 4},
		{"a body that stalls", http.StatusServiceUnavailable, func() io.ReadCloser { s := newStalled(); return &spyBody{Reader: s, closer: s} }, 0},
		{"a body that never ends", http.StatusServiceUnavailable, func() io.ReadCloser { return spy(endless) }, drained + 1},
		{"a body of a connection that is of no use", http.StatusMisdirectedRequest, func() io.ReadCloser { return newBody("wrong host") }, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				body := tt.body().(*spyBody)
				base := play(func(req *http.Request) (*http.Response, error) {
					return response(req, tt.code, body), nil
				}, status(http.StatusOK))
				wantStatus(t, newRetrier(t, waiting(wait)).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
				if got := base.waits(); len(got) != 1 || got[0] != wait {
					t.Errorf("got waits %v, want exactly %v", got, wait)
				}
				synctest.Wait()
				wantClosed(t, "the body", body)
				if got := body.read.Load(); got > tt.read {
					t.Errorf("got %d bytes read, want %d at most", got, tt.read)
				}
			})
		})
	}
}

// A Close can block as a Read can; see the test with gzip below.
func TestDiscard_IsNotDelayedByClose(t *testing.T) {
	t.Parallel()
	for _, code := range []int{http.StatusServiceUnavailable, http.StatusMisdirectedRequest} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			base := play(func(req *http.Request) (*http.Response, error) {
				return response(req, code, &stubborn{release: release}), nil
			}, status(http.StatusOK))
			wantStatus(t, newRetrier(t, waiting(time.Second)).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
			if got := base.waits(); len(got) != 1 || got[0] != time.Second {
				t.Errorf("status %d: got waits %v, want exactly 1s", code, got)
			}
			close(release)
		})
	}
}

// A body with less than the limit is read to its end, which frees its
// connection; of a longer one there is something to hand over, should it come to that.
func TestDiscard_ReadsWhatIsWorthIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		size   int
		length int64
		edit   func(*http.Response)
		want   int64
	}{
		{"an empty body", 0, -1, nil, 0},
		{"a body as long as the limit", drained, drained, nil, drained},
		{"a longer body of unknown length", drained + 100, -1, nil, drained + 1},
		{"a longer body of known length", drained + 100, drained + 100, nil, drained + 1},
		{"a body of a connection that will be closed", 10, 10, func(r *http.Response) { r.Close = true }, 10},
		{"a connection that is no longer HTTP", 10, -1, func(r *http.Response) { r.StatusCode = http.StatusSwitchingProtocols }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				body := newBody(strings.Repeat("x", tt.size))
				base := play(func(req *http.Request) (*http.Response, error) {
					resp := response(req, http.StatusServiceUnavailable, body)
					resp.ContentLength = tt.length
					if tt.edit != nil {
						tt.edit(resp)
					}
					return resp, nil
				}, status(http.StatusOK))
				rt := newRetrier(t, retry.WithClassifier(allRetryable{})).Wrap(base)
				resp, err := rt.RoundTrip(newRequest(t.Context(), t, http.MethodGet))
				if err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("got %v and %v, want status 200", resp, err)
				}
				synctest.Wait()
				if got := body.read.Load(); got != tt.want {
					t.Errorf("got %d bytes read, want %d", got, tt.want)
				}
				wantClosed(t, "the body", body)
			})
		})
	}
}

// Whoever gives up during the wait does not wait for the body either.
func TestDiscard_EndsWithCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		body := newStalled()
		base := play(func(req *http.Request) (*http.Response, error) {
			return response(req, http.StatusServiceUnavailable, body), nil
		})
		start := time.Now()
		wantError(t, newRetrier(t, waiting(time.Minute)).Wrap(base), newRequest(ctx, t, http.MethodGet), context.Canceled)
		if took := time.Since(start); took != time.Second {
			t.Errorf("got the error after %v, want it after 1s", took)
		}
		<-body.closed
	})
}

// The connection of a discarded response is used for the next attempt.
func TestDiscard_ReusesConnection(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 100, 8 << 10, 64 << 10} {
		for _, chunked := range []bool{false, true} {
			name := strconv.Itoa(size) + " bytes"
			if chunked {
				name += " of unknown length"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var requests, conns atomic.Int32
				content := []byte(strings.Repeat("x", size))
				srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					if !chunked {
						w.Header().Set("Content-Length", strconv.Itoa(size))
					}
					if requests.Add(1)%3 != 0 {
						w.WriteHeader(http.StatusServiceUnavailable)
					}
					if chunked {
						_ = http.NewResponseController(w).Flush()
					}
					_, _ = w.Write(content)
				}))
				srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateNew {
						conns.Add(1)
					}
				}
				srv.Start()
				t.Cleanup(srv.Close)
				// No wait is so long that a slow machine has certainly drained by
				// then. So the observer waits until the connection is free.
				free := make(chan struct{}, 100)
				ctx, cancel := contextWithTimeout(t, time.Minute)
				defer cancel()
				isFree := func() {
					select {
					case <-free:
					case <-ctx.Done():
						t.Error("got a connection that does not become free, want it back in the pool")
					}
				}
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{PutIdleConn: func(error) { free <- struct{}{} }})
				rt := newRetrier(t, soon, retry.WithObserver(observe.Func(func(e observe.Event) {
					if e.Kind == observe.RetryScheduled {
						isFree()
					}
				}))).Wrap(srv.Client().Transport)
				for range 5 {
					req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, http.NoBody)
					if err != nil {
						t.Fatal(err)
					}
					wantStatus(t, rt, req, http.StatusOK)
					isFree()
				}
				if got := requests.Load(); got != 15 {
					t.Errorf("got %d requests, want 15", got)
				}
				if got := conns.Load(); got != 1 {
					t.Errorf("got %d connections for 15 requests, want 1", got)
				}
			})
		}
	}
}

// Since Go 1.26 the Close of a body that net/http decompresses waits for a
// Read that is waiting for the first bytes. That must not become the caller's
// wait.
func TestDiscard_StalledGzip(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) > 1 {
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = http.NewResponseController(w).Flush()
		<-release // the body never comes
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(release) })
	// A guard, so that a failure is not a test that hangs.
	ctx, cancel := contextWithTimeout(t, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, newRetrier(t, soon).Wrap(srv.Client().Transport), req, http.StatusOK)
}

// A body whose read fails is closed all the same.
func TestDiscard_BrokenBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body := spy(readerFunc(func([]byte) (int, error) { return 0, errReset }))
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			if retry.Attempt(req.Context()) == 1 {
				return response(req, http.StatusBadGateway, body), nil
			}
			return response(req, http.StatusOK, http.NoBody), nil
		})
		wantStatus(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		synctest.Wait()
		wantClosed(t, "the body", body)
	})
}

// Without a wait, the drain has a moment for what is here already; a body that stalls
// gets no more than that.
func TestDiscard_HasAMomentWhereThereIsNoWait(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body func() io.ReadCloser
		want string
		took time.Duration
	}{
		{"a body that is here", func() io.ReadCloser { return newBody("busy") }, "busy", 0},
		{"a body that stalls", func() io.ReadCloser { return newStalled() }, "", 10 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(func(req *http.Request) (*http.Response, error) {
					return response(req, http.StatusServiceUnavailable, tt.body()), nil
				}, fail(rejection{}))
				started := time.Now()
				resp, err := newRetrier(t, waiting(0)).Wrap(base).RoundTrip(newRequest(t.Context(), t, http.MethodGet))
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(started); took != tt.took {
					t.Errorf("got the outcome after %v, want %v", took, tt.took)
				}
				if body, _ := io.ReadAll(resp.Body); string(body) != tt.want {
					t.Errorf("got body %q, want %q", body, tt.want)
				}
			})
		})
	}
}

// A body that panics does so on a goroutine on which nobody could recover.
func TestDiscard_APanicOfABodyEndsIt(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"Read", "Close"} {
		synctest.Test(t, func(t *testing.T) {
			base := play(func(req *http.Request) (*http.Response, error) {
				return response(req, http.StatusServiceUnavailable, panicking(where)), nil
			}, status(http.StatusOK))
			wantStatus(t, newRetrier(t).Wrap(base), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
			synctest.Wait()
		})
	}
}

// panicking is a body that panics where it says.
type panicking string

func (p panicking) Read([]byte) (int, error) {
	if p == "Read" {
		panic("in Read")
	}
	return 0, io.EOF
}

func (p panicking) Close() error {
	if p == "Close" {
		panic("in Close")
	}
	return nil
}
