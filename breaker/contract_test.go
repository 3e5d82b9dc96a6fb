// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"errors"
	"io"
	"net/http"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/trip"
)

// closeCounter is a request body.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

// What comes from below is handed up as it is, whatever it is.
func TestContract_Transparent(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		resp *http.Response
		err  error
	}{
		{"a response without a body", &http.Response{StatusCode: 200}, nil},
		{"a response without a header", &http.Response{StatusCode: 503, Body: http.NoBody}, nil},
		{"a status of 0", &http.Response{Body: http.NoBody}, nil},
		{"a status of 999", &http.Response{StatusCode: 999, Body: http.NoBody}, nil},
		{"a status below 0", &http.Response{StatusCode: -1, Body: http.NoBody}, nil},
		{"a failure with a body", &http.Response{StatusCode: 500, Body: io.NopCloser(strings.NewReader("x"))}, nil},
		{"a 404 without a body", &http.Response{StatusCode: 404}, nil},
		{"a switch of protocols", &http.Response{StatusCode: 101, Body: &duplex{}}, nil},
		{"an error", nil, broken},
		{"both, which is wrong", &http.Response{StatusCode: 200, Body: http.NoBody}, broken},
		{"neither, which is wrong", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				_, probing := tripped(t, h)
				pass(time.Second)
				req := get(t.Context(), url)
				before := *req
				reply := trip.Func(func(got *http.Request) (*http.Response, error) {
					if got != req {
						t.Error("got another request below, want the same")
					}
					return tt.resp, tt.err
				})
				h.now(reply)
				for _, rt := range []http.RoundTripper{newBreaker(t).Wrap(reply), probing} {
					var body io.ReadCloser
					if tt.resp != nil {
						body = tt.resp.Body
					}
					resp, err := rt.RoundTrip(req)
					if resp != tt.resp || err != tt.err { //nolint:errorlint // the very same
						t.Errorf("got %v, %v, want %v, %v", resp, err, tt.resp, tt.err)
					}
					if resp != nil && resp.Body != body {
						t.Errorf("got body %T, want it as it was", resp.Body)
					}
				}
				if req.URL != before.URL || req.Body != before.Body || len(req.Header) != 0 || req.Method != before.Method {
					t.Errorf("got request %+v, want it as it was", req)
				}
			})
		})
	}
}

// duplex is the body of a connection.
type duplex struct{ brokenReader }

func (*duplex) Write(p []byte) (int, error) { return len(p), nil }

// A watched body is still all that it was to its reader.
func TestContract_WatchedBody(t *testing.T) {
	t.Parallel()
	body := &closeCounter{Reader: strings.NewReader("hello")}
	resp, err := newBreaker(t).Wrap(withBody(body)).RoundTrip(get(t.Context(), url))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body == io.ReadCloser(body) {
		t.Fatal("got the body as it was, want the first one watched")
	}
	if all, err := io.ReadAll(resp.Body); string(all) != "hello" || err != nil {
		t.Errorf("got %q, %v, want hello", all, err)
	}
	if err := resp.Body.Close(); err != nil || body.closed != 1 {
		t.Errorf("got error %v and body closed %d times, want none and once", err, body.closed)
	}

	resp, err = newBreaker(t).Wrap(withBody(&duplex{})).RoundTrip(get(t.Context(), url))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := resp.Body.(io.Writer); !ok {
		t.Error("got a body that cannot be written to, want one that still can")
	}
}

func TestContract_OddRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  *http.Request
		key  string
	}{
		{"no URL", &http.Request{Method: http.MethodGet, Header: http.Header{}}, ""},
		{"nothing at all", &http.Request{}, ""},
		{"an empty URL", &http.Request{URL: &neturl.URL{}}, ""},
		{"no header", &http.Request{URL: &neturl.URL{Scheme: "https", Host: "h"}}, "https://h"},
		{"no method", &http.Request{URL: &neturl.URL{Scheme: "http", Host: "h:80"}, Header: http.Header{}}, "http://h"},
		{"a method of its own", &http.Request{Method: "BREW /", URL: &neturl.URL{Scheme: "coffee", Host: "h:1"}}, "coffee://h:1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBreaker(t, breaker.WithMinRequests(1))
			rt := b.Wrap(status(http.StatusBadGateway))
			if _, err := rt.RoundTrip(tt.req); err != nil {
				t.Errorf("got error %v, want none", err)
			}
			if _, err := rt.RoundTrip(tt.req); !errors.Is(err, breaker.ErrOpen) {
				t.Errorf("got error %v, want a rejection", err)
			}
			if got := circuit(t, b).Key; got != tt.key {
				t.Errorf("got key %q, want %q", got, tt.key)
			}
			real := newBreaker(t).Wrap(&http.Transport{})
			if tt.req.URL != nil && tt.req.URL.Scheme != "coffee" {
				return // would be sent
			}
			if resp, err := real.RoundTrip(tt.req); resp != nil || err == nil {
				t.Errorf("got %v, %v, want the transport's error", resp, err)
			}
		})
	}
}

func TestContract_PanicPropagates(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h, breaker.WithProbes(1))
		h.now(func(*http.Request) (*http.Response, error) { panic("below") })
		sends := func() {
			t.Helper()
			defer func() {
				if got := recover(); got != "below" {
					t.Errorf("got panic %v, want that of the layer below", got)
				}
			}()
			sendN(rt, 1)
		}
		pass(time.Second)
		sends()
		h.now(status(http.StatusOK))
		sendN(rt, 1)
		wantState(t, b, breaker.Closed)
		h.now(func(*http.Request) (*http.Response, error) { panic("below") })
		sends()
		if c := circuit(t, b); c.Successes != 0 || c.Failures != 0 {
			t.Errorf("got %d successes and %d failures, want none", c.Successes, c.Failures)
		}
	})
}

// idler counts calls of CloseIdleConnections.
type idler struct {
	trip.Func
	closed int
}

func (i *idler) CloseIdleConnections() { i.closed++ }

func TestContract_LayersBeneathAreReached(t *testing.T) {
	t.Parallel()
	b := newBreaker(t)
	base := &idler{Func: status(http.StatusOK)}
	rt := b.Wrap(base)
	client := &http.Client{Transport: rt}
	client.CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("got CloseIdleConnections passed on %d times, want once", base.closed)
	}
	if got := trip.Unwrap(rt); got != http.RoundTripper(base) {
		t.Errorf("got %T beneath, want %T", got, base)
	}
	if got := trip.Unwrap(b.Wrap(nil)); got != http.DefaultTransport {
		t.Errorf("got %T beneath a layer around nil, want http.DefaultTransport", got)
	}
	(&http.Client{Transport: b.Wrap(status(http.StatusOK))}).CloseIdleConnections() // has none
}

// State belongs to the Breaker, not to what it wraps.
func TestContract_WrapsShareCircuits(t *testing.T) {
	t.Parallel()
	b := newBreaker(t)
	bad, good := b.Wrap(status(http.StatusBadGateway)), b.Wrap(status(http.StatusOK))
	sendN(bad, breaker.DefaultMinRequests)
	rejected(t, good)

	other := newBreaker(t)
	wantSent(t, other.Wrap(status(http.StatusOK)))
	if len(other.Snapshot()) != 1 || other.State(url) != breaker.Closed {
		t.Errorf("got %v, want another Breaker to have circuits of its own", other.Snapshot())
	}
}

func TestState_String(t *testing.T) {
	t.Parallel()
	for s, want := range map[breaker.State]string{
		breaker.Closed: "closed", breaker.HalfOpen: "half-open", breaker.Open: "open", 3: "state(3)",
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	var zero breaker.State
	if zero != breaker.Closed {
		t.Error("got a zero State that is not Closed, want Closed")
	}
}
