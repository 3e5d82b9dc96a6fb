// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"sync"
	"sync/atomic"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// The names of the toxics of a script.
const (
	scriptRequests  = "script_requests"
	scriptResponses = "script_responses"
)

// A Script does to requests what a plan says, and counts them. Several paths
// may share one. It is safe for concurrent use.
type Script struct {
	plan     *plan.Plan
	attempts []attemptCount
	struck   [plan.Faults]atomic.Int64
	large    atomic.Int64 // requests cut in more headers than net/http buffers
	split    atomic.Int64 // of these, while they were not all written
}

type attemptCount = atomic.Uint32

// next returns what befalls the next attempt of a call, and its number.
func (s *Script) next(call int) (plan.Fate, int) {
	if call < 0 || call >= len(s.attempts) {
		return plan.Fate{}, 1
	}
	return s.plan.Of(call), int(s.attempts[call].Add(1))
}

// Struck returns how often each fault was made.
func (s *Script) Struck() [plan.Faults]int {
	var n [plan.Faults]int
	for i := range n {
		n[i] = int(s.struck[i].Load())
	}
	return n
}

// Large returns how many requests were cut in headers of more than the 4096
// bytes that net/http buffers.
func (s *Script) Large() int { return int(s.large.Load()) }

// Split returns how many requests were cut while the client was still writing
// such headers.
func (s *Script) Split() int { return int(s.split.Load()) }

// Attempts returns how many attempts of a call the network has seen.
func (s *Script) Attempts(call int) int { return int(s.attempts[call].Load()) }

// An action is what a toxic does with a connection after it passed on data.
type action uint8

const (
	goOn    action = iota
	cut            // close it
	swallow        // pass on nothing more, and leave it open
)

// An exchange is what both directions of a connection know of the request
// under way. Requests of HTTP/1.1 follow one another.
type exchange struct {
	requests requestReader // used by the upstream direction only

	mu      sync.Mutex
	fault   plan.Fault // to make on the answer
	fate    plan.Fate
	attempt int
	answer  []byte // held back until it is whole
}

// A pairing hands the two directions of a connection the same exchange.
// Toxiproxy sets up one connection of a proxy after the other, and of each the
// upstream direction first.
type pairing struct {
	script *Script
	last   *exchange
}

// requestToxic follows the requests of each connection.
type requestToxic struct{ pairing *pairing }

// responseToxic follows the answers.
type responseToxic struct{ pairing *pairing }

var (
	_ toxics.StatefulToxic = (*requestToxic)(nil)
	_ toxics.StatefulToxic = (*responseToxic)(nil)
)

// NewState makes the exchange of a new connection.
func (t *requestToxic) NewState() any {
	x := &exchange{}
	x.requests = requestReader{script: t.pairing.script, exchange: x}
	t.pairing.last = x
	return x
}

// NewState finds the exchange of a new connection.
func (t *responseToxic) NewState() any { return t.pairing.last }

// Pipe passes requests on.
func (t *requestToxic) Pipe(stub *toxics.ToxicStub) {
	x, _ := stub.State.(*exchange)
	pipe(stub, x.requests.take)
}

// Pipe passes answers on.
func (t *responseToxic) Pipe(stub *toxics.ToxicStub) {
	x, _ := stub.State.(*exchange)
	pipe(stub, func(data []byte) ([]byte, action) { return x.takeAnswer(t.pairing.script, data) })
}

// pipe passes on what take returns, until it ends the connection or somebody
// else does.
func pipe(stub *toxics.ToxicStub, take func(data []byte) (pass []byte, then action)) {
	for chunk := range stub.Input {
		pass, then := take(chunk.Data)
		if len(pass) > 0 {
			stub.Output <- &stream.StreamChunk{Data: pass, Timestamp: chunk.Timestamp}
		}
		switch then {
		case goOn:
			continue
		case cut:
			stub.Close()
			drain(stub)
			return
		case swallow:
			drain(stub)
		}
	}
	stub.Close()
}

// drain reads until the other side has closed the connection. Toxiproxy would
// leave goroutines behind that want to write.
func drain(stub *toxics.ToxicStub) {
	for range stub.Input {
	}
}
