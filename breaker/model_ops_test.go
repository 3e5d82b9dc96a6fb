// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// kind is what a result means to a circuit.
type kind int

const (
	good kind = iota
	bad
	slowDown
	nothing
)

// A result is one that an attempt can have.
type result struct {
	name       string
	kind       kind
	body       bool          // has a body that breaks when it is read
	retryAfter time.Duration // that the server asks for
	reply      trip.Func
}

// results holds what is common more than once.
var results = []result{
	{name: "200", kind: good, reply: status(200)},
	{name: "200", kind: good, reply: status(200)},
	{name: "404", kind: good, reply: status(404)},
	{name: "404", kind: good, reply: status(404)},
	{name: "200 with a body", kind: good, body: true, reply: brokenBody},
	{name: "200 with a body", kind: good, body: true, reply: brokenBody},
	{name: "502", kind: bad, reply: status(502)},
	{name: "reset", kind: bad, reply: fails(io.ErrUnexpectedEOF)},
	{name: "503 for 1 s", kind: bad, retryAfter: time.Second, reply: status(503, "Retry-After", "1")},
	{name: "503 for ever", kind: bad, retryAfter: time.Hour, reply: status(503, "Retry-After", "3600")},
	{name: "429", kind: slowDown, reply: status(429)},
	{name: "429 for 1 s", kind: slowDown, retryAfter: time.Second, reply: status(429, "Retry-After", "1")},
	{name: "cancel", kind: nothing, reply: fails(context.Canceled)},
	{name: "malformed", kind: nothing, reply: unsupported},
	{name: "panic", kind: nothing, reply: func(*http.Request) (*http.Response, error) { panic("below") }},
	{name: "exit", kind: nothing, reply: func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil }},
}

// steps are times to let pass, next to those that matter.
var steps = []time.Duration{
	time.Millisecond, 10 * time.Millisecond, 67 * time.Millisecond, 68 * time.Millisecond, 100 * time.Millisecond,
	200 * time.Millisecond, 220 * time.Millisecond, time.Second, 1007 * time.Millisecond, 1100 * time.Millisecond,
	5 * time.Second, time.Minute,
}

func compareWithModel(t *testing.T, ops []byte) {
	t.Helper()
	bubble(t, func(t *testing.T) { newRun(t, ops).all() })
}

func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(32) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			ops := make([]byte, 4000)
			for i := range ops {
				ops[i] = byte(random.Uint32())
			}
			ops[0] = byte(seed)
			compareWithModel(t, ops)
		})
	}
}

func FuzzBreakerModel(f *testing.F) {
	f.Add([]byte{0})
	// Opens, waits, probes, closes.
	f.Add([]byte{2, 14, 6, 0, 5, 14, 0, 14, 0})
	// Fails probes with 429 and with a body that breaks.
	f.Add([]byte{2, 14, 6, 0, 5, 14, 10, 0, 5, 14, 4, 7, 0, 2, 14, 6})
	// Two probes at a time, the second after the lease of the first; the second
	// is good, the first then fails.
	f.Add([]byte{1, 14, 6, 14, 6, 14, 6, 14, 6, 14, 6, 0, 6, 3, 0, 8, 3, 5, 1, 0, 5, 0, 6})
	// Forced open and reset, forced closed while it fails.
	f.Add([]byte{2, 14, 0, 15, 0, 14, 0, 0, 11, 14, 0, 15, 8, 14, 0, 15, 4, 14, 6, 14, 6, 15, 8, 14, 6})
	// In a fleet: held open, and on a lease half-open, open again, and closed.
	f.Add([]byte{10, 14, 0, 12, 0, 7, 11, 14, 0, 0, 7, 14, 0, 12, 2, 7, 0, 14, 6, 0, 7, 14, 0, 12, 2, 7, 0, 14, 0, 12, 3, 0, 0, 14, 6})
	// Doubted, while the host works, and believed once it fails.
	f.Add([]byte{8, 14, 0, 12, 0, 7, 11, 14, 0, 14, 6, 0, 7, 14, 0, 12, 2, 7, 0, 14, 0, 14, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 4096 {
			t.Skip("long enough is enough")
		}
		compareWithModel(t, ops)
	})
}
