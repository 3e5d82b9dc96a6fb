// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// A base that sends requests again by itself may have had one carried out before
// the try whose error it returns.
func TestResent_DialErrorIsNoProofAfterAConnection(t *testing.T) {
	t.Parallel()
	tests := []struct {
		hooks string // a asks for a connection, g gets one
		known bool   // that it calls them
		want  int
	}{
		{"", true, 4},
		{"", false, 4},
		{"a", true, 4},
		{"a", false, 4},
		{"aa", true, 4},
		{"ag", true, 4}, // and says by its error that it sent nothing
		{"aag", true, 4},
		{"aag", false, 4},
		{"aga", true, 1},
		{"aga", false, 1},
		{"agag", true, 1},
		{"agag", false, 1},
	}
	for _, tt := range tests {
		name := "hooks " + tt.hooks
		if !tt.known {
			name += " of a base that cannot be seen"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				base := trip.Func(func(req *http.Request) (*http.Response, error) {
					sent++
					callHooks(req, tt.hooks)
					trip.CloseBody(req)
					return nil, errDial
				})
				var opts []retry.Option
				if tt.known {
					opts = append(opts, retry.WithConnTrace())
				}
				resp, err := newRetrier(t, opts...).Wrap(base).RoundTrip(newRequest(t.Context(), t, http.MethodPost))
				if resp != nil || !errors.Is(err, errDial) {
					t.Errorf("got %v, %v, want the dial error", resp, err)
				}
				if sent != tt.want {
					t.Errorf("got %d attempts, want %d", sent, tt.want)
				}
			})
		})
	}
}

// What a base that cannot be seen proves by its hooks is not believed: it may have
// sent the request in a way that calls none.
func TestResent_HooksOfAnUnknownBaseProveNothing(t *testing.T) {
	t.Parallel()
	sent := 0
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		sent++
		callHooks(req, "a")
		trip.CloseBody(req)
		return nil, errReset
	})
	_, err := newRetrier(t).Wrap(base).RoundTrip(newRequest(t.Context(), t, http.MethodPost))
	if !errors.Is(err, errReset) || sent != 1 {
		t.Errorf("got %v after %d attempts, want the reset after one", err, sent)
	}
}

// A base that calls no hooks costs nothing, once that is known.
func TestResent_HooksAreGivenUpWhereNobodyCallsThem(t *testing.T) {
	t.Parallel()
	hooked := 0
	call := ""
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		if httptrace.ContextClientTrace(req.Context()) != nil {
			hooked++
		}
		callHooks(req, call)
		trip.CloseBody(req)
		return response(req, http.StatusOK, http.NoBody), nil
	})
	rt := newRetrier(t).Wrap(base)
	const calls = 100
	for range calls {
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodPost), http.StatusOK)
	}
	if hooked != 16 {
		t.Errorf("got hooks with %d requests to a base that calls none, want 16", hooked)
	}
	hooked, call = 0, "ag"
	rt = newRetrier(t).Wrap(base)
	for range calls {
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodPost), http.StatusOK)
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
	}
	if hooked != calls {
		t.Errorf("got hooks with %d requests, want those of %d POSTs to a base that calls them", hooked, calls)
	}
}

func callHooks(req *http.Request, calls string) {
	trace := httptrace.ContextClientTrace(req.Context())
	if trace == nil {
		return
	}
	for _, c := range calls {
		if c == 'a' {
			trace.GetConn("api.example.com:443")
		} else {
			trace.GotConn(httptrace.GotConnInfo{})
		}
	}
}

// dials returns a DialContext whose first and third connection lead to serve; all
// others are refused, since net/http would send again for ever.
func dials(serve func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	var n atomic.Int32
	return func(context.Context, string, string) (net.Conn, error) {
		if i := n.Add(1); i != 1 && i != 3 {
			return nil, errDial
		}
		client, server := net.Pipe()
		go serve(server)
		return client, nil
	}
}

// net/http finds that the server has closed the kept connection, and takes a key
// without a value for leave to send again.
func TestResent_ByHTTP1(t *testing.T) {
	t.Parallel()
	for _, seen := range []bool{true, false} {
		var applied atomic.Int32
		base := &http.Transport{DialContext: dials(func(conn net.Conn) {
			defer conn.Close()
			br := bufio.NewReader(conn)
			for {
				req, err := http.ReadRequest(br)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, req.Body)
				if req.Method == http.MethodPost {
					applied.Add(1)
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		})}
		defer base.CloseIdleConnections()
		rt := newRetrier(t, soon).Wrap(behind(base, seen))
		wantStatus(t, rt, newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
		req := postTo(t, "http://api.example.com/")
		req.Header["Idempotency-Key"] = []string{""}
		_, err := rt.RoundTrip(req)
		if !errors.Is(err, errDial) {
			t.Errorf("got error %v, want that of the dial", err)
		}
		if got := applied.Load(); got != 1 {
			t.Errorf("base seen: %v: applied %d times, want once", seen, got)
		}
	}
}

// A proxy says that it has not looked at a stream whose request was carried out, as
// HAProxy 2.6 does, and goes away.
func TestResent_ByHTTP2(t *testing.T) {
	t.Parallel()
	for _, seen := range []bool{true, false} {
		var applied atomic.Int32
		protocols := new(http.Protocols)
		protocols.SetUnencryptedHTTP2(true)
		base := &http.Transport{Protocols: protocols, DialContext: dials(func(conn net.Conn) {
			defer conn.Close()
			refuseStream(conn, &applied)
		})}
		defer base.CloseIdleConnections()
		_, err := newRetrier(t, soon).Wrap(behind(base, seen)).RoundTrip(postTo(t, "http://api.example.com/"))
		if !errors.Is(err, errDial) {
			t.Errorf("got error %v, want that of the dial", err)
		}
		if got := applied.Load(); got != 1 {
			t.Errorf("base seen: %v: applied %d times, want once", seen, got)
		}
	}
}

// behind hides a base behind a layer without Unwrap.
func behind(base http.RoundTripper, seen bool) http.RoundTripper {
	if seen {
		return base
	}
	return trip.Func(base.RoundTrip)
}

// The frames of HTTP/2 that refuseStream needs; RFC 9113 §6.
const (
	frameData, frameHeaders, frameReset, frameSettings, frameGoAway = 0, 1, 3, 4, 7

	flagEnd, flagAck = 1, 1
	refused          = 7
)

// refuseStream takes one request over HTTP/2, counts it, and refuses it.
func refuseStream(conn net.Conn, applied *atomic.Int32) {
	// A pipe has no buffer, and the other side writes too: frames go out beside this.
	frames := make(chan []byte, 3)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(frames)
	wg.Go(func() {
		for frame := range frames {
			_, _ = conn.Write(frame)
		}
	})
	write := func(kind, flags byte, stream uint32, payload ...byte) {
		b := []byte{0, 0, byte(len(payload)), kind, flags}
		frames <- append(binary.BigEndian.AppendUint32(b, stream), payload...)
	}
	br := bufio.NewReader(conn)
	if _, err := io.CopyN(io.Discard, br, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return
	}
	write(frameSettings, 0, 0)
	for {
		var head [9]byte
		if _, err := io.ReadFull(br, head[:]); err != nil {
			return
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, br, length); err != nil {
			return
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		if (kind == frameHeaders || kind == frameData) && flags&flagEnd != 0 {
			applied.Add(1)
			go func() { _, _ = io.Copy(io.Discard, br) }()
			last := binary.BigEndian.AppendUint32(nil, stream)
			write(frameGoAway, 0, 0, append(last, 0, 0, 0, 0)...)
			write(frameReset, 0, stream, 0, 0, 0, refused)
			return
		}
	}
}

// "Nothing was sent" is true of the last attempt and not of the call. Whoever
// believed it would pay again under another key.
func TestResent_ACallThatMayHaveArrivedDoesNotEndWithProof(t *testing.T) {
	t.Parallel()
	refused := func(*http.Request) (*http.Response, error) { return nil, errDial }
	tests := []struct {
		name   string
		method string
		steps  []step
		status int // 0 for an error
		want   error
	}{
		{"a lost answer", http.MethodPost, []step{fail(errReset), refused}, 0, errReset},
		{"an answer", http.MethodPost, []step{status(http.StatusBadGateway), refused}, http.StatusBadGateway, nil},
		{"two of them", http.MethodPost, []step{status(http.StatusBadGateway), fail(errReset), refused}, 0, errReset},
		{"nothing before it", http.MethodPost, []step{refused}, 0, errDial},
		{"a method that may be repeated anyway", http.MethodPut, []step{fail(errReset), refused}, 0, errDial},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(tt.steps...)
				req := newRequest(t.Context(), t, tt.method)
				req.Header.Set("Idempotency-Key", "k")
				resp, err := newRetrier(t).Wrap(base).RoundTrip(req)
				wantCount(t, base, 4)
				if tt.status == 0 {
					if !errors.Is(err, tt.want) {
						t.Errorf("got %v, %v, want error %v", resp, err, tt.want)
					}
					return
				}
				if err != nil || resp.StatusCode != tt.status {
					t.Fatalf("got %v, %v, want status %d", resp, err, tt.status)
				}
			})
		})
	}
}

// The body of the answer that is handed over in the end is there.
func TestResent_TheAnswerBeforeKeepsItsBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(func(req *http.Request) (*http.Response, error) {
			return response(req, http.StatusBadGateway, io.NopCloser(strings.NewReader("why"))), nil
		}, func(*http.Request) (*http.Response, error) { return nil, errDial })
		req := newRequest(t.Context(), t, http.MethodPost)
		req.Header.Set("Idempotency-Key", "k")
		resp, err := newRetrier(t).Wrap(base).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != "why" || err != nil {
			t.Errorf("got body %q, %v, want all of it", body, err)
		}
	})
}
