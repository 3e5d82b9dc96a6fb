// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A call is what a request carries to the network in its context.
type call struct {
	arrival  *arrival
	attempts atomic.Int32 // that reached the network
}

type callKey struct{}

// The network is the base of all clients: the wires, the servers behind them,
// and the fault. One timer an attempt is all it needs, because what becomes of
// an attempt is known when it is sent.
type network struct {
	scenario Scenario
	epoch    time.Time
	from, to time.Duration

	mu      sync.Mutex
	servers []*Server
	sent    []int // attempts in each second
	inside  int   // attempts in the period
	served  int   // attempts that were or will be worked on
	wasted  int   // those of them that the client had given up by then
}

func newNetwork(s Scenario, seed int) *network {
	n := &network{scenario: s, epoch: time.Now()}
	n.from, n.to = s.Period(seed)
	n.sent = make([]int, seconds(s, seed))
	for range s.Hosts {
		n.servers = append(n.servers, NewServer(s.Workers/s.Hosts, s.Queue/s.Hosts))
	}
	switch broken := n.servers[0]; s.Fault.Kind {
	case Hanging:
		broken.FrozenFrom, broken.FrozenTo = n.from, n.to
	case Slow:
		broken.SlowFrom, broken.SlowTo, broken.SlowFactor = n.from, n.to, s.Fault.Factor
	case Healthy, Unavailable, Refusing, Flaky, Mixed:
	}
	return n
}

// now is the time since the beginning.
func (n *network) now() time.Duration { return time.Since(n.epoch) }

// A fate is what becomes of an attempt, unless it is given up before.
type fate struct {
	at      time.Duration // when the client hears of it, or never
	working bool          // a worker will do it
	err     error
	status  int
	header  http.Header
}

// RoundTrip implements [http.RoundTripper].
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // as net/http does, before anything is sent
	}
	c := ctx.Value(callKey{}).(*call) //nolint:errcheck,forcetypeassert // a run puts it there
	now := n.now()
	f := n.send(c, now)
	given := now + n.scenario.Timeout
	timer := time.NewTimer(min(f.at, given) - now)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		n.giveUp(f)
		return nil, context.Cause(ctx)
	}
	if f.at > given {
		n.giveUp(f)
		return nil, errTimeout
	}
	if f.err != nil {
		return nil, f.err
	}
	return answer(req, f), nil
}

// send decides what becomes of the next attempt of a call.
func (n *network) send(c *call, now time.Duration) fate {
	lucks := &c.arrival.attempts
	l := lucks[(int(c.attempts.Add(1))-1)%len(lucks)]

	n.mu.Lock()
	defer n.mu.Unlock()
	if second := int(now / time.Second); second < len(n.sent) {
		n.sent[second]++
	}
	fault := Healthy
	if phase(now, n.from, n.to) == 1 {
		n.inside++
		if c.arrival.host == 0 && n.scenario.strikes(c.arrival.client) {
			fault = n.scenario.Fault.Kind
		}
	}
	if phase(now, n.from, n.to) == 2 && c.arrival.host == 0 && c.arrival.client < n.scenario.Remain {
		fault = Refusing
	}
	there := now + n.scenario.Network/2
	refused := fate{at: now + n.scenario.Network, status: http.StatusServiceUnavailable, header: http.Header{}}
	switch fault {
	case Refusing:
		refused.err = errRefused
		return refused
	case Unavailable:
		if d := n.scenario.Fault.RetryAfter; d > 0 {
			refused.header.Set("Retry-After", strconv.Itoa(int(d.Seconds())))
		}
		return refused
	case Flaky:
		if l.fault < n.scenario.Fault.Share {
			return refused
		}
	case Healthy, Hanging, Slow, Mixed:
	}
	done, ok := n.servers[c.arrival.host].Arrive(there, l.service)
	switch {
	case !ok && fault == Hanging:
		return fate{at: never}
	case !ok:
		return refused
	}
	n.served++
	return fate{at: done + n.scenario.Network/2, working: true, status: http.StatusOK, header: http.Header{}}
}

// giveUp notes that nobody waits for an attempt any more.
func (n *network) giveUp(f fate) {
	if f.working {
		n.mu.Lock()
		n.wasted++
		n.mu.Unlock()
	}
}

func answer(req *http.Request, f fate) *http.Response {
	const body = "ok"
	return &http.Response{
		Status: strconv.Itoa(f.status) + " " + http.StatusText(f.status), StatusCode: f.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: f.header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		Request: req,
	}
}

// errRefused is what a dial to a port gives that nobody listens on.
var errRefused error = &net.OpError{
	Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80},
	Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
}

// errTimeout is like the one of net/http, which exports neither it nor its type.
var errTimeout error = timeoutError{}

type timeoutError struct{}

func (timeoutError) Error() string     { return "net/http: timeout awaiting response headers" }
func (timeoutError) Timeout() bool     { return true }
func (timeoutError) Temporary() bool   { return true }
func (timeoutError) Is(err error) bool { return err == context.DeadlineExceeded }
