// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// stream makes a request whose body has no GetBody. A negative length is one
// that is not known.
func stream(t *testing.T, body io.ReadCloser, length int64) *http.Request {
	t.Helper()
	req := newRequest(t.Context(), t, http.MethodPut)
	req.Body, req.ContentLength = body, length
	return req
}

// spy counts the closes of any reader.
func spy(r io.Reader) *spyBody { return &spyBody{Reader: r} }

func busy(req *http.Request) *http.Response {
	return response(req, http.StatusServiceUnavailable, http.NoBody)
}

func TestBodyBuffer_ReplaysUpToLimit(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	tests := []struct {
		name   string
		limit  int64
		length int64
		src    io.Reader
		want   int
	}{
		{"a body within the limit", 100, 10, strings.NewReader(content), 3},
		{"a body as long as the limit", 10, 10, strings.NewReader(content), 3},
		{"a body of unknown length within the limit", 10, -1, strings.NewReader(content), 3},
		{"a body whose length was not set", 10, 0, strings.NewReader(content), 3},
		{"a body that comes byte by byte", 10, -1, iotest.OneByteReader(strings.NewReader(content)), 3},
		{"a body whose end comes with its last bytes", 10, -1, iotest.DataErrReader(strings.NewReader(content)), 3},
		{"a body of unknown length over the limit", 9, -1, strings.NewReader(content), 1},
		{"a body that goes over the limit byte by byte", 9, -1, iotest.OneByteReader(strings.NewReader(content)), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src, rec := spy(tt.src), new(recorder)
				base := play(fail(errReset), status(http.StatusBadGateway), status(http.StatusOK))
				r := newRetrier(t, retry.WithBodyBuffer(tt.limit), retry.WithObserver(rec))
				_, _, _ = send(t, r.Wrap(base), stream(t, src, tt.length))
				wantCount(t, base, tt.want)
				for i, a := range base.seen() {
					if a.body != content {
						t.Errorf("attempt %d: got body %q, want %q", i+1, a.body, content)
					}
					if a.req.ContentLength != tt.length {
						t.Errorf("attempt %d: got length %d, want %d", i+1, a.req.ContentLength, tt.length)
					}
				}
				if tt.want == 1 {
					wantReason(t, rec, observe.ReasonBody)
				}
				wantClosed(t, "the source", src)
			})
		})
	}
}

// The first bytes reach the base before the rest of the body exists.
func TestBodyBuffer_Streams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			if retry.Attempt(req.Context()) == 2 {
				content, err := io.ReadAll(req.Body)
				if string(content) != "first second" || err != nil {
					t.Errorf("got body %q and error %v in the second attempt, want all of it", content, err)
				}
				return response(req, http.StatusOK, http.NoBody), req.Body.Close()
			}
			first := make([]byte, 100)
			n, err := req.Body.Read(first)
			if string(first[:n]) != "first " || err != nil {
				t.Errorf("got %q and error %v, want the first bytes alone", first[:n], err)
			}
			go func() {
				_, _ = io.WriteString(pw, "second")
				_ = pw.Close()
			}()
			rest, _ := io.ReadAll(req.Body)
			if string(rest) != "second" {
				t.Errorf("got %q, want the rest", rest)
			}
			_ = req.Body.Close()
			return busy(req), nil
		})
		go func() { _, _ = io.WriteString(pw, "first ") }()
		wantStatus(t, newRetrier(t, retry.WithBodyBuffer(100)).Wrap(base), stream(t, pr, -1), http.StatusOK)
	})
}

// A server may answer before it has read the body, or all of it.
func TestBodyBuffer_AnswerBeforeBodyIsRead(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	for read := range int64(len(content) + 1) {
		t.Run(fmt.Sprintf("after %d bytes", read), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := spy(iotest.OneByteReader(strings.NewReader(content)))
				var got []string
				base := trip.Func(func(req *http.Request) (*http.Response, error) {
					body := io.Reader(req.Body)
					n := retry.Attempt(req.Context())
					if n < 4 {
						body = io.LimitReader(body, read*int64(n)/3)
					}
					content, _ := io.ReadAll(body)
					got = append(got, string(content))
					_ = req.Body.Close()
					if n < 4 {
						return busy(req), nil
					}
					return response(req, http.StatusOK, http.NoBody), nil
				})
				wantStatus(t, newRetrier(t, retry.WithBodyBuffer(10)).Wrap(base), stream(t, src, -1), http.StatusOK)
				if len(got) != 4 || got[3] != content {
					t.Errorf("got bodies %q, want all of it in the last of 4", got)
				}
				for _, part := range got {
					if !strings.HasPrefix(content, part) {
						t.Errorf("got body %q, want a beginning of %q", part, content)
					}
				}
				wantClosed(t, "the source", src)
			})
		})
	}
}

// An attempt is given up while a goroutine of the base is still inside its
// Read. The bytes of that Read belong to the next attempt.
func TestBodyBuffer_AttemptGivenUpMidRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		src := &spyBody{Reader: pr, closer: pr}
		var first io.ReadCloser
		stale := make(chan string, 1)
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			if retry.Attempt(req.Context()) == 1 {
				first = req.Body
				go func() { // as the writing goroutine of a connection
					content, err := io.ReadAll(first)
					if !errors.Is(err, http.ErrBodyReadAfterClose) {
						t.Errorf("got error %v on a body that was given up, want http.ErrBodyReadAfterClose", err)
					}
					stale <- string(content)
				}()
				synctest.Wait() // it is inside of Read
				return busy(req), nil
			}
			go func() {
				for _, part := range []string{"one ", "two ", "three"} {
					_, _ = io.WriteString(pw, part)
				}
				_ = pw.Close()
			}()
			content, err := io.ReadAll(req.Body)
			if string(content) != "one two three" || err != nil {
				t.Errorf("got body %q and error %v, want all of it", content, err)
			}
			_ = req.Body.Close()
			return response(req, http.StatusOK, http.NoBody), nil
		})
		wantStatus(t, newRetrier(t, retry.WithBodyBuffer(1<<10)).Wrap(base), stream(t, src, -1), http.StatusOK)
		if got := <-stale; got != "one " {
			t.Errorf("got %q read by the attempt that was given up, want only what it was waiting for", got)
		}
		_ = first.Close() // late, as a transport may
		wantClosed(t, "the source", src)
	})
}

// The bytes of a Read that was under way belong to the next attempt even where
// they pass the limit.
func TestBodyBuffer_LateBytesOverLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		var got []string
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			switch retry.Attempt(req.Context()) {
			case 1:
				go func() { _, _ = req.Body.Read(make([]byte, 100)) }()
				synctest.Wait()
				return busy(req), nil
			case 2:
				go func() {
					_, _ = io.WriteString(pw, "longer than the limit")
					_, _ = io.WriteString(pw, " and more")
					_ = pw.Close()
				}()
				content, _ := io.ReadAll(req.Body)
				_ = req.Body.Close()
				got = append(got, string(content))
				return busy(req), nil
			}
			t.Error("got a third attempt, want none: the beginning is gone")
			return busy(req), nil
		})
		rt := newRetrier(t, retry.WithBodyBuffer(5)).Wrap(base)
		wantStatus(t, rt, stream(t, pr, -1), http.StatusServiceUnavailable)
		if len(got) != 1 || got[0] != "longer than the limit and more" {
			t.Errorf("got bodies %q, want all of it", got)
		}
	})
}

// The base goes on reading while it is decided whether there will be another
// attempt. Where the body outgrows its limit just then, there is none, and no
// token is gone.
func TestBodyBuffer_OutgrowsLimitMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var body io.Reader
		attempts := 0
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			attempts++
			body = req.Body
			return busy(req), nil
		})
		r := newRetrier(t, retry.WithBodyBuffer(5), retry.WithKey(func(*http.Request) string {
			content, _ := io.ReadAll(body) // which is asked for when the token is taken
			return string(content)
		}))
		wantStatus(t, r.Wrap(base), stream(t, newBody("too long"), -1), http.StatusServiceUnavailable)
		if attempts != 1 {
			t.Errorf("got %d attempts, want 1", attempts)
		}
		if keys := r.Snapshot(); len(keys) != 1 || keys[0].Key != "too long" || keys[0].Tokens != retry.DefaultBudgetTokens {
			t.Errorf("got budgets %+v, want a full one, asked for with the whole body", keys)
		}
	})
}

// A source that stalls delays nobody: not the next attempt's Close, nor the
// end of the call.
func TestBodyBuffer_StalledSourceDelaysNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		defer func() { _ = pw.Close() }()
		src := &spyBody{Reader: pr, closer: pr}
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			body, done := req.Body, make(chan struct{})
			go func() {
				defer close(done)
				if _, err := io.ReadAll(body); err == nil {
					t.Error("got an end of the body, want an error")
				}
			}()
			synctest.Wait()
			_ = body.Close() // while another goroutine is inside of Read
			if retry.Attempt(req.Context()) > 1 {
				<-done // it was waiting for the Read of the first attempt
			}
			return busy(req), nil
		})
		start := time.Now()
		rt := newRetrier(t, retry.WithBodyBuffer(5), waiting(time.Second)).Wrap(base)
		wantStatus(t, rt, stream(t, src, -1), http.StatusServiceUnavailable)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("got the answer after %v, want it after three waits of 1s", took)
		}
		wantClosed(t, "the source", src)
	})
}

// Where a call ends although the server has answered early, the base goes on
// reading, and the source is closed when it is done and not before.
func TestBodyBuffer_BaseReadsOnAfterCall(t *testing.T) {
	t.Parallel()
	spent := func(t *testing.T) *retry.Retrier { // its budget is used up
		r := newRetrier(t, retry.WithBodyBuffer(100), retry.WithBudget(1, 0))
		_, _, _ = send(t, r.Wrap(play(fail(errReset))), newRequest(t.Context(), t, http.MethodGet))
		return r
	}
	tests := []struct {
		name string
		code int
		r    func(*testing.T) *retry.Retrier
	}{
		{"with a good answer", http.StatusOK, func(t *testing.T) *retry.Retrier { return newRetrier(t, retry.WithBodyBuffer(100)) }},
		{"with a final answer", http.StatusForbidden, func(t *testing.T) *retry.Retrier { return newRetrier(t, retry.WithBodyBuffer(100)) }},
		{"because the budget is used up", http.StatusServiceUnavailable, spent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				pr, pw := io.Pipe()
				src := &spyBody{Reader: pr, closer: pr}
				done := make(chan struct{})
				base := trip.Func(func(req *http.Request) (*http.Response, error) {
					go func() {
						defer close(done)
						content, err := io.ReadAll(req.Body)
						if string(content) != "early late" || err != nil {
							t.Errorf("got body %q and error %v, want all of it", content, err)
						}
						_ = req.Body.Close()
					}()
					_, _ = io.WriteString(pw, "early ")
					return response(req, tt.code, http.NoBody), nil
				})
				wantStatus(t, tt.r(t).Wrap(base), stream(t, src, -1), tt.code)
				if src.closed.Load() != 0 {
					t.Error("got the source closed while it is being sent, want it open")
				}
				_, _ = io.WriteString(pw, "late")
				_ = pw.Close()
				<-done
				wantClosed(t, "the source", src)
			})
		})
	}
}

// A source that broke would only break again. Its error is the caller's.
func TestBodyBuffer_SourceBreaks(t *testing.T) {
	t.Parallel()
	for _, broken := range []error{errors.New("disk on fire"), fmt.Errorf("cut short: %w", io.EOF)} {
		t.Run(broken.Error(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src, rec := spy(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))), new(recorder)
				attempts := 0
				base := trip.Func(func(req *http.Request) (*http.Response, error) {
					attempts++
					_, err := io.ReadAll(req.Body)
					_ = req.Body.Close()
					return nil, err
				})
				rt := newRetrier(t, retry.WithBodyBuffer(100), retry.WithObserver(rec)).Wrap(base)
				wantError(t, rt, stream(t, src, -1), broken)
				if attempts != 1 {
					t.Errorf("got %d attempts, want 1", attempts)
				}
				wantReason(t, rec, observe.ReasonBody)
				wantClosed(t, "the source", src)
			})
		})
	}
}

func TestBodyBuffer_ClosesSourceOnPanic(t *testing.T) {
	t.Parallel()
	recovered := func(f func()) (value any) {
		defer func() { value = recover() }()
		f()
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		src := newBody("content")
		base := play(status(http.StatusServiceUnavailable), func(*http.Request) (*http.Response, error) { panic("beneath") })
		rt := newRetrier(t, retry.WithBodyBuffer(100)).Wrap(base)
		if got := recovered(func() { _, _ = rt.RoundTrip(stream(t, src, -1)) }); got != "beneath" {
			t.Errorf("got panic %v, want the one from beneath", got)
		}
		wantClosed(t, "the source", src)

		// A layer that panics before the body is anybody's.
		src = newBody("content")
		rt = newRetrier(t, retry.WithBodyBuffer(100)).Wrap(trip.Func(func(*http.Request) (*http.Response, error) { panic("early") }))
		if got := recovered(func() { _, _ = rt.RoundTrip(stream(t, src, -1)) }); got != "early" {
			t.Errorf("got panic %v, want the one from beneath", got)
		}
		wantClosed(t, "the source", src)

		// A source that panics itself.
		src = spy(readerFunc(func([]byte) (int, error) { panic("source") }))
		rt = newRetrier(t, retry.WithBodyBuffer(100)).Wrap(play(status(http.StatusOK)))
		if got := recovered(func() { _, _ = rt.RoundTrip(stream(t, src, -1)) }); got != "source" {
			t.Errorf("got panic %v, want that of the source", got)
		}
		wantClosed(t, "the source", src)

		// One whose panic somebody beneath recovers from is a source that broke.
		src = spy(readerFunc(func([]byte) (int, error) { panic("source") }))
		attempts := 0
		rt = newRetrier(t, retry.WithBodyBuffer(100)).Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
			attempts++
			recovered(func() { _, _ = req.Body.Read(make([]byte, 1)) })
			return nil, errors.Join(errReset, req.Body.Close())
		}))
		if _, _, err := send(t, rt, stream(t, src, -1)); !errors.Is(err, errReset) || attempts != 1 {
			t.Errorf("got error %v after %d attempts, want that of the first", err, attempts)
		}
		wantClosed(t, "the source", src)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// The error of the source's Close reaches whoever closes last.
func TestBodyBuffer_HandsOnErrorOfClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		errClose := errors.New("cannot close")
		var body io.ReadCloser
		base := trip.Func(func(req *http.Request) (*http.Response, error) {
			body = req.Body
			return response(req, http.StatusOK, http.NoBody), nil
		})
		src := struct {
			io.Reader
			closerFunc
		}{new(bytes.Reader), func() error { return errClose }}
		wantStatus(t, newRetrier(t, retry.WithBodyBuffer(5)).Wrap(base), stream(t, src, -1), http.StatusOK)
		if err := body.Close(); err != errClose { //nolint:errorlint // unchanged means identical
			t.Errorf("got error %v, want %v", err, errClose)
		}
		if err := body.Close(); err != nil {
			t.Errorf("got error %v closing again, want none", err)
		}
		if _, err := body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("got error %v, want http.ErrBodyReadAfterClose", err)
		}
	})
}

type closerFunc func() error

func (f closerFunc) Close() error { return f() }
