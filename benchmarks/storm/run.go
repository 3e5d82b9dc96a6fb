// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"          //nolint:depguard // see Main
	"testing/synctest" //nolint:depguard // see Main
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// An outcome is what became of a call.
type outcome struct {
	begin, end time.Duration
	attempts   int
	host       int
	client     int
	ok         bool // a 200, in time
}

// Run lets a storm loose on the clients that build makes, in a bubble of fake
// time within t.
func Run(t *testing.T, s Scenario, seed int, build rivals.Build) (r Result, err error) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		r, err = run(s, seed, build)
	})
	return r, err
}

func run(s Scenario, seed int, build rivals.Build) (Result, error) {
	n := newNetwork(s, seed)
	clients := make([]http.RoundTripper, s.Clients)
	for i := range clients {
		var err error
		if clients[i], err = build(n); err != nil {
			return Result{}, err
		}
	}
	outcomes := n.play(plan(s, seed), func(client int) http.RoundTripper { return clients[client] })
	synctest.Wait() // for hedges that lost
	return n.result(outcomes), nil
}

// play makes all calls in time, and returns what became of them when the last
// one is over. The client of a call is asked for when it begins.
func (n *network) play(calls []arrival, client func(int) http.RoundTripper) []outcome {
	urls := make([]*url.URL, n.scenario.Hosts)
	for i := range urls {
		urls[i] = &url.URL{Scheme: "http", Host: hostName(i), Path: "/"}
	}
	outcomes := make([]outcome, len(calls))
	var wg sync.WaitGroup
	for i := range calls {
		a := &calls[i]
		time.Sleep(a.at - n.now()) //nolint:forbidigo // in a bubble
		wg.Go(func() {
			outcomes[i] = n.call(client(a.client), urls[a.host], a)
		})
	}
	wg.Wait()
	return outcomes
}

func hostName(i int) string { return fmt.Sprintf("host%d.example", i) }

// call makes one call and waits for all of the answer.
func (n *network) call(client http.RoundTripper, u *url.URL, a *arrival) outcome {
	c := &call{arrival: a}
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), callKey{}, c), n.scenario.Deadline)
	defer cancel()
	o := outcome{begin: n.now(), host: a.host, client: a.client}
	req := &http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
	}
	status, err := exchange(client, req.WithContext(ctx))
	o.end = n.now()
	o.attempts = int(c.attempts.Load())
	o.ok = err == nil && status == http.StatusOK && o.end-o.begin <= n.scenario.Deadline
	return o
}

var errNothing = errors.New("storm: neither a response nor an error")

func exchange(client http.RoundTripper, req *http.Request) (status int, err error) {
	resp, err := client.RoundTrip(req)
	switch {
	case err != nil:
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
		return 0, err
	case resp == nil:
		return 0, errNothing
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
