// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/surefoot-go/surefoot/chaos/internal/network"
)

// A host is one path to the ledger, with a client of its own as every host has
// a circuit and a budget of its own.
type host struct {
	path   *network.Path
	gate   *network.Gate // nil where there are no outages
	base   *http.Transport
	client *http.Client
	stack  http.RoundTripper
	share  int // of the calls, out of the sum of all shares

	part, parts int // of hosts of its kind
}

// A spec is a kind of host.
type spec struct {
	network.Spec
	hosts, share int
	scripted     bool
}

// specs returns the kinds of hosts. Most calls go by quick ones, so that a
// million of them is a matter of minutes.
func specs() []spec {
	toxic := func(kind, stream string, attributes map[string]any) network.Toxic {
		return network.Toxic{Type: kind, Stream: stream, Attributes: attributes}
	}
	both := func(kind string, attributes map[string]any) []network.Toxic {
		return []network.Toxic{toxic(kind, "upstream", attributes), toxic(kind, "downstream", attributes)}
	}
	return []spec{
		{Spec: network.Spec{Name: "reset", Reset: true}, scripted: true, hosts: 8, share: 9},
		{Spec: network.Spec{Name: "close"}, scripted: true, hosts: 6, share: 9},
		{Spec: network.Spec{
			Name: "latency", Reset: true,
			Toxics: both("latency", map[string]any{"latency": 3, "jitter": 3}),
		}, scripted: true, hosts: 2, share: 5},
		{Spec: network.Spec{
			Name:   "bandwidth",
			Toxics: both("bandwidth", map[string]any{"rate": 200}),
		}, scripted: true, hosts: 2, share: 5},
		{Spec: network.Spec{
			Name: "slicer", Reset: true,
			Toxics: both("slicer", map[string]any{"average_size": 60, "size_variation": 20, "delay": 50}),
		}, scripted: true, hosts: 2, share: 5},
		{Spec: network.Spec{
			Name:   "slow close",
			Toxics: both("slow_close", map[string]any{"delay": 60}),
		}, scripted: true, hosts: 2, share: 7},
		{Spec: network.Spec{Name: "outages"}, hosts: 2, share: 8},
		{Spec: network.Spec{Name: "outages, HTTP/2", HTTP2: true}, hosts: 2, share: 12},
	}
}

func hostCount() int {
	sum := 0
	for _, s := range specs() {
		sum += s.hosts
	}
	return sum
}

// open opens all hosts of a run.
func (r *run) open(ctx context.Context) error {
	n := network.New()
	for _, s := range specs() {
		for i := range s.hosts {
			one := s.Spec
			one.Name = fmt.Sprintf("%s %d", s.Name, i+1)
			if s.scripted {
				one.Script = r.script
			} else {
				one.Weather, one.Reset = true, i%2 == 0
			}
			h, err := r.openHost(ctx, n, one)
			if err != nil {
				return err
			}
			h.share, h.part, h.parts = s.share, i, s.hosts
			r.hosts = append(r.hosts, h)
		}
	}
	return nil
}

func (r *run) openHost(ctx context.Context, n *network.Network, s network.Spec) (*host, error) {
	path, err := n.Open(ctx, s, r.ledger)
	if err != nil {
		return nil, err
	}
	h := &host{path: path, base: newBase(s.HTTP2, r.cfg.Callers)}
	if !r.cfg.Client.Ours {
		h.base.ResponseHeaderTimeout = AttemptTimeout
	}
	if s.Weather {
		h.gate = network.NewGate(r.cfg.Between, r.cfg.Callers)
	}
	h.stack, err = r.cfg.Client.build(h.base, r.cfg.Keys)
	h.client = &http.Client{Transport: h.stack}
	return h, err
}

// newBase returns the transport beneath every client.
func newBase(http2 bool, callers int) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	return &http.Transport{Protocols: &protocols, MaxIdleConnsPerHost: 2 * callers, DisableCompression: true}
}

// close ends all hosts, and then whatever the server is still working on.
func (r *run) close(ctx context.Context) error {
	r.ledger.Hurry()
	errs := make([]error, len(r.hosts))
	var all sync.WaitGroup
	for i, h := range r.hosts {
		all.Go(func() {
			errs[i] = h.path.Close(ctx)
			h.base.CloseIdleConnections()
		})
	}
	all.Wait()
	r.ledger.Close()
	return errors.Join(errs...)
}
