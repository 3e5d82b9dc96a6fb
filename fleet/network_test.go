// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
	"github.com/surefoot-go/surefoot/observe"
)

// A network lies between clients and a server, in the hands of the test. Toxics of
// toxiproxy v2.5.0 must not be added to or removed from connections that are there
// (its issue 558), so all are there from the start.
type network struct {
	t      *testing.T
	proxy  *toxiproxy.Proxy
	addr   string
	silent *atomic.Bool // swallow all that comes back
}

// quiet is a toxic that swallows what comes while its test says so. A connection
// whose other end is gone without a word looks like that.
type quiet struct{ silent *atomic.Bool }

// Pipe passes data on, or not.
func (q *quiet) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case c := <-stub.Input:
			if c == nil {
				stub.Close()
				return
			}
			if !q.silent.Load() {
				stub.Output <- c
			}
		}
	}
}

var register = sync.OnceFunc(func() {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	toxics.Register("quiet", new(quiet))
})

// newNetwork leads to an address, with a latency.
func newNetwork(t *testing.T, upstream string, latency time.Duration) *network {
	t.Helper()
	register()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", upstream)
	n := &network{t: t, proxy: p, silent: new(atomic.Bool)}
	for _, toxic := range []string{
		`{"name":"quiet","type":"quiet","stream":"downstream","toxicity":1,"attributes":{}}`,
		fmt.Sprintf(`{"name":"slow","type":"latency","stream":"downstream","toxicity":1,"attributes":{"latency":%d}}`, latency.Milliseconds()),
	} {
		w, err := p.Toxics.AddToxicJson(strings.NewReader(toxic))
		if err != nil {
			t.Fatal(err)
		}
		if q, ok := w.Toxic.(*quiet); ok {
			q.silent = n.silent
		}
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	n.addr = p.Listen
	return n
}

// moveTo ends all connections, and leads to another server from now on.
func (n *network) moveTo(upstream string) {
	n.t.Helper()
	n.proxy.Stop()
	n.proxy.Upstream = upstream
	n.heal()
}

// heal takes connections again, at the same address.
func (n *network) heal() {
	n.t.Helper()
	n.silent.Store(false)
	eventually(n.t, "the network is back", func() bool {
		err := n.proxy.Start()
		return err == nil || strings.Contains(err.Error(), toxiproxy.ErrProxyAlreadyStarted.Error())
	})
}

// One instance is cut off while the host fails for all, and while it comes back.
func TestReal_Partition(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(*network)
	}{
		{"connections end", func(n *network) { n.proxy.Stop() }},
		{"nothing comes back", func(n *network) { n.silent.Store(true) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, program string) {
				s := newService()
				server := redistest.Start(t, program)
				net := newNetwork(t, server.Addr, 0)
				nodes := members(t, 3, s, clients(t, server.Addr))
				far := members(t, 1, s, clients(t, net.addr))
				test.lose(net)
				lost := allObserved(t, far, observe.FleetLost)
				s.down()
				allHeld(t, nodes)
				eventually(t, "the one that is cut off opens by itself", func() bool { return far[0].state() != breaker.Closed })
				if far[0].circuit(host).Fleet {
					t.Error("it believes that the fleet holds its circuit")
				}
				net.heal()
				found := allObserved(t, far, observe.FleetLost, observe.FleetFound)
				held := allHeld(t, far)
				s.up()
				allClosed(t, append(nodes, far...))
				t.Logf("lost after %s, found after %s, held %s later", lost, found, held)
			})
		})
	}
}

// With 250 ms to the server all is later and as right.
func TestReal_SlowLink(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		net := newNetwork(t, redistest.Start(t, program).Addr, 250*time.Millisecond)
		nodes := members(t, 3, s, clients(t, net.addr))
		s.down()
		opened := allHeld(t, nodes)
		before := s.attempts.Load()
		began := time.Now()
		eventually(t, "five probes have been sent", func() bool { return s.attempts.Load() >= before+5 })
		probing := time.Since(began)
		s.up()
		closed := allClosed(t, nodes)
		t.Logf("open after %s, five probes in %s, closed after %s", opened, probing, closed)
		if probing < 4*time.Second {
			t.Errorf("five probes were sent in %s, want one a second at most", probing)
		}
		for _, n := range nodes {
			if got := n.kinds(); len(got) != 0 {
				t.Errorf("observed %v", got)
			}
		}
	})
}
