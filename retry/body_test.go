// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

var errNoBody = errors.New("the file is gone")

// bodies makes the bodies of a request and keeps them.
type bodies struct{ made []*spyBody }

func (b *bodies) get() (io.ReadCloser, error) {
	b.made = append(b.made, newBody("content"))
	return b.made[len(b.made)-1], nil
}

// put makes a request from b.
func (b *bodies) put(t *testing.T) *http.Request {
	t.Helper()
	req := newRequest(t.Context(), t, http.MethodPut)
	req.Body, _ = b.get()
	req.GetBody, req.ContentLength = b.get, 7
	return req
}

func TestRetry_ReplaysBodyFromGetBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bodies
		base := play(fail(errReset), status(http.StatusBadGateway), status(http.StatusOK))
		// With a buffer too: it must not be used where there is GetBody.
		rt := newRetrier(t, retry.WithBodyBuffer(1<<10)).Wrap(base)
		wantStatus(t, rt, b.put(t), http.StatusOK)
		if len(b.made) != 3 {
			t.Errorf("got %d bodies, want one for each of 3 attempts", len(b.made))
		}
		for i, a := range base.seen() {
			if a.body != "content" || a.req.Body != b.made[i] {
				t.Errorf("attempt %d: got body %q, want its own with all bytes", i+1, a.body)
			}
			wantClosed(t, fmt.Sprintf("body %d", i+1), b.made[i])
		}
	})
}

func TestRetry_KeepsAnswerWhereGetBodyFails(t *testing.T) {
	t.Parallel()
	leftover := newBody("half")
	tests := []struct {
		name string
		get  func() (io.ReadCloser, error)
	}{
		{"with an error", func() (io.ReadCloser, error) { return nil, errNoBody }},
		{"with an error and a body", func() (io.ReadCloser, error) { return leftover, errNoBody }},
		{"with nothing", func() (io.ReadCloser, error) { return nil, nil }}, //nolint:nilnil // a mistake that can be made
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var b bodies
				req := b.put(t)
				answer, rec := newBody("busy"), new(recorder)
				req.GetBody = tt.get
				base := play(func(req *http.Request) (*http.Response, error) {
					return response(req, http.StatusServiceUnavailable, answer), nil
				})
				r := newRetrier(t, retry.WithObserver(rec))
				_, content, err := send(t, r.Wrap(base), req)
				if err != nil || content != "busy" {
					t.Errorf("got %q and error %v, want the answer", content, err)
				}
				wantCount(t, base, 1)
				wantReason(t, rec, observe.ReasonBody)
				wantClosed(t, "the answer", answer)
				if got := r.Snapshot()[0].Tokens; got != retry.DefaultBudgetTokens {
					t.Errorf("got %v tokens, want all: no retry was made", got)
				}
			})
		})
	}
	t.Cleanup(func() { wantClosed(t, "the body beside the error", leftover) })
}

// sharedReader is the body of all attempts.
type sharedReader struct {
	mu sync.Mutex
	*strings.Reader
}

func (r *sharedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Reader.Read(p)
}

func (r *sharedReader) rewind() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.Seek(0, io.SeekStart)
	return err
}

func (*sharedReader) Close() error { return nil }

// Where all attempts share one reader, as in azcore, the transport may still be
// looking for the end of the first body when the answer is there already. A body
// that was rewound by then would be read to its end, and the second attempt would
// have none.
func TestRetry_RewindsABodyOnlyAfterTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		shared := &sharedReader{Reader: strings.NewReader("a body")}
		req := newRequest(t.Context(), t, http.MethodPut)
		req.Body, req.ContentLength = shared, shared.Size()
		req.GetBody = func() (io.ReadCloser, error) { return shared, shared.rewind() }
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			raw := make([]byte, req.ContentLength)
			n, _ := io.ReadFull(req.Body, raw)
			sent = append(sent, string(raw[:n]))
			body := req.Body
			go func() { // net/http looks whether there is more than was announced
				<-time.NewTimer(10 * time.Millisecond).C
				_, _ = body.Read(make([]byte, 100))
			}()
			return response(req, http.StatusServiceUnavailable, newBody("busy")), nil
		})
		_, _, err := send(t, newRetrier(t, waiting(time.Second)).Wrap(base), req)
		if err != nil {
			t.Error(err)
		}
		<-time.NewTimer(time.Second).C // the last look
		for i, body := range sent {
			if body != "a body" {
				t.Errorf("attempt %d: got the body %q, want all of it", i+1, body)
			}
		}
	})
}

func TestRetry_SendsBodyWithoutGetBodyOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opts []retry.Option
		edit func(*http.Request)
	}{
		{"without a buffer", nil, func(*http.Request) {}},
		{"longer than the buffer", []retry.Option{retry.WithBodyBuffer(6)}, func(*http.Request) {}},
		{"of a call that is sent once", []retry.Option{retry.WithBodyBuffer(7)}, func(req *http.Request) {
			*req = *req.WithContext(retry.Never(req.Context()))
		}},
		{"by a layer that sends once", []retry.Option{retry.WithBodyBuffer(7), retry.WithMaxAttempts(1)}, func(*http.Request) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var b bodies
				req := b.put(t)
				req.GetBody = nil
				tt.edit(req)
				base := play(status(http.StatusServiceUnavailable))
				wantStatus(t, newRetrier(t, tt.opts...).Wrap(base), req, http.StatusServiceUnavailable)
				wantCount(t, base, 1)
				if base.seen()[0].req.Body != b.made[0] {
					t.Error("got another body at the base, want the caller's own")
				}
				wantClosed(t, "the body", b.made[0])
			})
		})
	}
}

// What the transport has closed cannot be sent again, although nothing of it
// was read.
func TestRetry_NeedsBodyAlsoWithProof(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bodies
		req := b.put(t)
		req.GetBody = nil
		refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		base, rec := play(fail(refused)), new(recorder)
		wantError(t, newRetrier(t, retry.WithObserver(rec)).Wrap(base), req, refused)
		wantCount(t, base, 1)
		wantReason(t, rec, observe.ReasonBody)
	})
}
