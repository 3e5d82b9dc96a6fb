// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/trip"
)

// duplex is the body of a connection.
type duplex struct{}

func (duplex) Read([]byte) (int, error)    { return 0, io.EOF }
func (duplex) Write(p []byte) (int, error) { return len(p), nil }
func (duplex) Close() error                { return nil }

// broken is a body that gives an error.
type broken struct{ duplex }

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A place is held exactly until the end of the body.
func TestBody_HoldsAPlace(t *testing.T) {
	t.Parallel()
	read := func(r *http.Response) { _, _ = io.Copy(io.Discard, r.Body) }
	closes := func(r *http.Response) { _ = r.Body.Close() }
	for _, tt := range []struct {
		name string
		body io.ReadCloser
		end  func(*http.Response)
	}{
		{"read to its end", io.NopCloser(strings.NewReader("hello")), read},
		{"closed", io.NopCloser(strings.NewReader("hello")), closes},
		{"broken", broken{}, read},
		{"read and closed, twice", io.NopCloser(strings.NewReader("hello")), func(r *http.Response) { read(r); read(r); closes(r); closes(r) }},
		{"of a connection", duplex{}, read},
		{"whose Close panics", panicky{}, func(r *http.Response) {
			defer func() { _ = recover() }()
			closes(r)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(0))
			rt := l.Wrap(withBody(tt.body))
			resp, err := rt.RoundTrip(get(t.Context(), url))
			if err != nil {
				t.Fatal(err)
			}
			if n, err := resp.Body.Read(nil); n != 0 || err != nil && tt.name != "broken" && tt.name != "of a connection" {
				t.Errorf("got %d, %v of an empty read", n, err)
			}
			if _, writes := tt.body.(io.Writer); writes != isWriter(resp.Body) {
				t.Errorf("got a body that can be written to: %v, want %v", !writes, writes)
			}
			if tt.name == "closed" || tt.name == "read to its end" {
				if got := key(t, l).InFlight; got != 1 {
					t.Errorf("got %d in flight before the end, want 1", got)
				}
				rejected(t, rt)
			}
			tt.end(resp)
			if got := key(t, l).InFlight; got != 0 {
				t.Errorf("got %d in flight after the end, want none", got)
			}
		})
	}
}

func isWriter(body io.ReadCloser) bool {
	_, ok := body.(io.Writer)
	return ok
}

type panicky struct{ io.Reader }

func (panicky) Read([]byte) (int, error) { return 0, nil }
func (panicky) Close() error             { panic("close") }

// What has no body that ends gives its place back at once.
func TestBody_NoneToWaitFor(t *testing.T) {
	t.Parallel()
	body := io.NopCloser(strings.NewReader("x"))
	for _, tt := range []struct {
		name  string
		reply trip.Func
	}{
		{"no body", withBody(nil)},
		{"http.NoBody", withBody(http.NoBody)},
		{"an error", fails(errors.New("broken"))},
		{"a response and an error", func(req *http.Request) (*http.Response, error) {
			resp, _ := withBody(body)(req)
			return resp, errors.New("broken")
		}},
		{"nothing", func(*http.Request) (*http.Response, error) { return nil, nil }},
		{"a switch of protocols", func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 101, Body: duplex{}, Request: req}, nil
		}},
		{"a panic", func(*http.Request) (*http.Response, error) { panic("below") }},
		{"an end of the goroutine", func(*http.Request) (*http.Response, error) {
			runtime.Goexit()
			return nil, nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLimiter(t, limit.WithMaxInFlight(1), limit.WithMaxWait(0))
			rt := l.Wrap(tt.reply)
			for range 3 {
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() {
						if got := recover(); got != nil && got != "below" {
							t.Errorf("got panic %v, want that of the layer below", got)
						}
					}()
					if _, err := rt.RoundTrip(get(t.Context(), url)); errors.Is(err, limit.ErrLimited) {
						t.Error("got a rejection, want the call to be sent")
					}
				}()
				<-done
			}
			if got := key(t, l); got.InFlight != 0 || got.RejectedLimit != 0 {
				t.Errorf("got %+v, want nothing in flight", got)
			}
		})
	}
}

// Under the adaptive limit, a body takes no place, and is not touched.
func TestBody_AdaptiveLeavesItAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l := newLimiter(t)
		_, _ = send(l.Wrap(status(503)), t.Context())
		body := io.NopCloser(strings.NewReader("hello"))
		resp, err := l.Wrap(withBody(body)).RoundTrip(get(t.Context(), url))
		if err != nil || resp.Body != body {
			t.Errorf("got body %T, %v, want it as it was", resp.Body, err)
		}
		if got := key(t, l).InFlight; got != 0 {
			t.Errorf("got %d in flight, want none", got)
		}
		pass(time.Second)
	})
}
