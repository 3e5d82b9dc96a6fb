// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// A Network holds paths. It is safe for concurrent use.
type Network struct {
	api *toxiproxy.ApiServer
}

// New returns a network without paths.
func New() *Network {
	register()
	return &Network{api: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
}

// register makes our toxics known, once. Its bandwidth toxic logs to a logger
// of the whole process, which is silenced.
var register = sync.OnceFunc(func() { //nolint:gochecknoglobals // the registry is a global of toxiproxy's
	zerolog.SetGlobalLevel(zerolog.Disabled)
	toxics.Register(scriptRequests, new(requestToxic))
	toxics.Register(scriptResponses, new(responseToxic))
	toxics.Register(weatherType, new(weatherToxic))
	toxics.Register(frameType, new(frameToxic))
})

// A Spec describes a path.
type Spec struct {
	Name string
	// HTTP2 says that clients speak it, without TLS.
	HTTP2 bool
	// Reset says that connections are cut by a reset rather than closed.
	Reset bool
	// Toxics are those of toxiproxy, upstream and downstream.
	Toxics []Toxic
	// Script does to each request what its plan says; nil does nothing.
	Script *Script
	// Weather makes outages possible.
	Weather bool
}

// A Toxic is one of toxiproxy's.
type Toxic struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Name       string         `json:"name"`
	Toxicity   float32        `json:"toxicity"`
	Attributes map[string]any `json:"attributes"`
}

// A Path is one way to the server.
type Path struct {
	Spec

	// URL is its root as clients see it.
	URL string

	proxy   *toxiproxy.Proxy
	server  *server
	pairing *pairing
	weather *weather
	trap    *trap
}

// Open makes a path to a server of its own, which answers by h.
func (n *Network) Open(ctx context.Context, spec Spec, h http.Handler) (*Path, error) {
	s, err := newServer(ctx, h)
	if err != nil {
		return nil, err
	}
	p := &Path{Spec: spec, server: s}
	err = onFreePort(func(address string) error {
		p.proxy = toxiproxy.NewProxy(n.api, spec.Name, address, s.address)
		if err := p.addToxics(); err != nil {
			return err
		}
		return p.proxy.Start()
	})
	if err != nil {
		return nil, errors.Join(err, s.stop(ctx, 0))
	}
	p.URL = "http://" + p.proxy.Listen
	return p, nil
}

// addToxics fills the chains. What follows requests comes first, where it sees
// them as the client wrote them.
func (p *Path) addToxics() error {
	for _, stream := range []string{"upstream", "downstream"} {
		if err := p.addOurs(stream); err != nil {
			return err
		}
	}
	for _, t := range p.Toxics {
		t.Toxicity = 1
		if err := p.add(t); err != nil {
			return err
		}
	}
	if p.Reset {
		// Toxiproxy makes the connections of a chain that holds this toxic end
		// by a reset. With toxicity 0 it does nothing else.
		return p.add(Toxic{Type: "reset_peer", Stream: "upstream"})
	}
	return nil
}

func (p *Path) addOurs(stream string) error {
	if p.Script != nil {
		kind := map[string]string{"upstream": scriptRequests, "downstream": scriptResponses}[stream]
		if err := p.add(Toxic{Type: kind, Stream: stream, Toxicity: 1}); err != nil {
			return err
		}
	}
	if !p.Weather {
		return nil
	}
	if p.weather == nil {
		p.weather, p.trap = newWeather(), new(trap)
	}
	if p.HTTP2 {
		if err := p.add(Toxic{Type: frameType, Stream: stream, Toxicity: 1}); err != nil {
			return err
		}
	}
	return p.add(Toxic{Type: weatherType, Stream: stream, Toxicity: 1})
}

// add adds a toxic before any connection is made, and hands ours what they need.
func (p *Path) add(t Toxic) error {
	t.Name = t.Type + "_" + t.Stream
	if t.Attributes == nil {
		t.Attributes = map[string]any{}
	}
	encoded, err := json.Marshal(t)
	if err != nil {
		return err
	}
	w, err := p.proxy.Toxics.AddToxicJson(bytes.NewReader(encoded))
	if err != nil {
		return fmt.Errorf("network: toxic %s of %s: %w", t.Name, p.Name, err)
	}
	up := t.Stream == "upstream"
	switch toxic := w.Toxic.(type) {
	case *requestToxic:
		p.pairing = &pairing{script: p.Script}
		toxic.pairing = p.pairing
	case *responseToxic:
		toxic.pairing = p.pairing
	case *weatherToxic:
		toxic.weather, toxic.upstream = p.weather, up
	case *frameToxic:
		toxic.trap, toxic.upstream = p.trap, up
	}
	return nil
}

// Close ends the path: the proxy first, with all of its connections, then the
// server, which may finish what it works on for a while.
func (p *Path) Close(ctx context.Context) error {
	p.proxy.Stop()
	return p.server.stop(ctx, 10*time.Second)
}

// NewScript returns a script after a plan for calls up to the given number.
func NewScript(p *plan.Plan, calls int) *Script {
	return &Script{plan: p, attempts: make([]attemptCount, calls)}
}
