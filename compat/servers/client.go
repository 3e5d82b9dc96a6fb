// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// A Client is one way to make calls.
type Client struct {
	// Name is what tables call it.
	Name string
	// options build its stack; nil for none.
	options []transport.Option
	bare    bool
}

// Bare is an http.Client with nothing but an http.Transport.
func Bare() Client { return Client{Name: "bare", bare: true} }

// Surefoot is the default stack, with more options for experiments.
func Surefoot(more ...transport.Option) Client { return Client{Name: "surefoot", options: more} }

// A counter counts what a client does to the network.
type counter struct {
	dialed   atomic.Int64
	open     atomic.Int64
	attempts atomic.Int64 // as the observer is told
	sends    atomic.Int64 // as the base is asked
	plain    atomic.Int64 // of those, POSTs without a key

	mu         sync.Mutex
	suppressed map[observe.Reason]int
}

// base returns a transport like http.DefaultTransport whose connections are
// counted.
func (c *counter) base(trust *x509.CertPool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck,forcetypeassert // it is one
	t.Proxy = nil
	if trust != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}
	}
	dial := new(net.Dialer).DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c.dialed.Add(1)
		c.open.Add(1)
		return &countedConn{Conn: conn, open: &c.open}, nil
	}
	return t
}

// observe counts attempts, and retries that were not made.
func (c *counter) observe(e observe.Event) {
	switch e.Kind { //nolint:exhaustive // two of many
	case observe.CallFinished:
		c.attempts.Add(int64(e.Attempt))
	case observe.RetrySuppressed:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.suppressed[e.Reason]++
	}
}

// A countedConn leaves the count when it is closed.
type countedConn struct {
	net.Conn

	open *atomic.Int64
	once sync.Once
}

// Close closes the connection.
func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// A marker counts what layers send, and gives each a number that the upstream gets
// to know. It is not that of the attempt: a layer that sends one attempt twice must
// not pass for net/http, which is beneath the marker and cannot.
type marker struct {
	*http.Transport
	n *counter
}

// Unwrap returns the transport, so that layers know whose hooks they can trust.
func (m marker) Unwrap() http.RoundTripper { return m.Transport }

// RoundTrip sends a copy of the request with the mark.
func (m marker) RoundTrip(req *http.Request) (*http.Response, error) {
	marked := req.Clone(req.Context())
	marked.Header.Set(sendHeader, strconv.FormatInt(m.n.sends.Add(1), 10))
	if req.Method == http.MethodPost && req.Header.Get(keyHeader) == "" {
		m.n.plain.Add(1)
	}
	return m.Transport.RoundTrip(marked)
}

// build makes the client. Trust is nil where there is no TLS.
func (c Client) build(trust *x509.CertPool) (*http.Client, *counter, error) {
	n := &counter{suppressed: map[observe.Reason]int{}}
	base := marker{n.base(trust), n}
	if c.bare {
		return &http.Client{Transport: base}, n, nil
	}
	t, err := transport.New(base, slices.Concat(c.options, []transport.Option{transport.WithObserver(observe.Func(n.observe))})...)
	if err != nil {
		return nil, nil, err
	}
	return &http.Client{Transport: t}, n, nil
}
