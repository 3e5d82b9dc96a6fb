// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// A proxy does what its faults say, over HTTP/1 and HTTP/2.
func TestProxy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault     Fault
		status    int // 0 means an error
		whole     bool
		applied   int64
		forwarded bool
	}{
		{Pass, 200, true, 1, true},
		{Unavailable, 503, true, 0, false},
		{UnavailableWait, 503, true, 0, false},
		{TooMany, 429, true, 0, false},
		{ServerError, 500, true, 0, false},
		{CutBefore, 0, false, 0, false},
		{CutAfter, 0, false, 1, true},
		{CutBody, 200, false, 1, true},
	}
	for _, http2 := range []bool{false, true} {
		for _, tt := range tests {
			name := tt.fault.String()
			if http2 {
				name += " over HTTP/2"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var applied atomic.Int64
				p := proxied(t, &Case{H2C: http2}, func(w http.ResponseWriter, req *http.Request) {
					applied.Add(1)
					if http2 != (req.ProtoMajor == 2) {
						t.Errorf("the server was asked over %s", req.Proto)
					}
					_, _ = io.WriteString(w, strings.Repeat("x", 1000)) // a client that is gone is not our business
				})
				p.begin("op", tt.fault, 1, 1)
				status, length, header := get(t, p.url, http2)
				if seen, struck, _ := p.end(); seen != 1 || (struck == 1) != (tt.fault != Pass) {
					t.Errorf("got %d requests, %d struck", seen, struck)
				}
				if status != tt.status {
					t.Errorf("got status %d, want %d", status, tt.status)
				}
				if tt.status == http.StatusOK && (length == 1000) != tt.whole {
					t.Errorf("got %d bytes", length)
				}
				if got, want := header.Get("Retry-After") != "", tt.fault.waits(); got != want {
					t.Errorf("got Retry-After %t, want %t", got, want)
				}
				if applied.Load() != tt.applied {
					t.Errorf("the server did it %d times, want %d", applied.Load(), tt.applied)
				}
				if r := p.all()[0]; r.Forwarded != tt.forwarded || r.Method != http.MethodPost || r.Key != "k" || r.Body == "" {
					t.Errorf("got record %+v", r)
				}
			})
		}
	}
}

// proxied returns a proxy before a server.
func proxied(t *testing.T, c *Case, handle http.HandlerFunc) *proxy {
	t.Helper()
	server, err := Serve(handle)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	p, err := newProxy(c, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// get posts something; status 0 is an error.
func get(t *testing.T, url string, http2 bool) (status, length int, header http.Header) {
	t.Helper()
	rt := &http.Transport{Protocols: new(http.Protocols)}
	rt.Protocols.SetHTTP1(!http2)
	rt.Protocols.SetUnencryptedHTTP2(http2)
	defer rt.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", "k")
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return 0, 0, nil
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	raw, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode == http.StatusOK && len(raw) < 1000 {
		t.Error("a body was cut without an error")
	}
	if err != nil && !http2 && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading: %v", err)
	}
	return resp.StatusCode, len(raw), resp.Header
}

// An answer without a body cannot be cut, and that is no fault.
func TestProxy_nothingToCut(t *testing.T) {
	t.Parallel()
	p := proxied(t, &Case{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	p.begin("op", CutBody, 1, 1)
	if status, _, _ := get(t, p.url, false); status != http.StatusNoContent {
		t.Errorf("got status %d", status)
	}
	if _, struck, _ := p.end(); struck != 0 {
		t.Errorf("%d struck", struck)
	}
}

func TestDoubled(t *testing.T) {
	t.Parallel()
	post := Record{Call: 1, Op: "w", Method: http.MethodPost, Target: "/", Body: "a", Forwarded: true, Status: 200}
	with := func(r Record, change func(*Record)) Record {
		change(&r)
		return r
	}
	keyed := with(post, func(r *Record) { r.Key = "k" })
	tests := []struct {
		name    string
		records []Record
		want    int
	}{
		{"once", []Record{post}, 0},
		{"twice", []Record{post, post}, 1},
		{"three times", []Record{post, post, post}, 2},
		{"in two calls", []Record{post, with(post, func(r *Record) { r.Call = 2 })}, 0},
		{"with two bodies", []Record{post, with(post, func(r *Record) { r.Body = "b" })}, 0},
		{"with one key", []Record{keyed, keyed}, 0},
		{"with two keys", []Record{keyed, with(keyed, func(r *Record) { r.Key = "l" })}, 1},
		{"with and without a key", []Record{post, keyed}, 1},
		{"not forwarded", []Record{post, with(post, func(r *Record) { r.Forwarded, r.Status = false, 503 })}, 0},
		{"refused", []Record{post, with(post, func(r *Record) { r.Status = 409 })}, 0},
		{"a PUT", []Record{with(post, func(r *Record) { r.Method = http.MethodPut }), with(post, func(r *Record) { r.Method = http.MethodPut })}, 0},
		{"a read", []Record{with(post, func(r *Record) { r.Op = "r" }), with(post, func(r *Record) { r.Op = "r" })}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := doubled(tt.records, map[string]bool{"w": true, "r": false}); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
