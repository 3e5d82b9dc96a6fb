// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package websocket is the case of coder/websocket: an upgrade goes through the
// stack, and what it was upgraded to comes out untouched.
package websocket

import (
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is coder/websocket with messages both ways.
func Case() rig.Case {
	return rig.Case{
		Name: "coder/websocket", Module: "github.com/coder/websocket", Page: "sdk-rpc-and-plumbing",
		Server: "coder/websocket's Accept", Installed: "`DialOptions.HTTPClient`",
		OwnRetries: "none",
		Start:      func() (rig.Server, error) { return rig.Serve(http.HandlerFunc(serve)) },
		Install:    install,
	}
}

// docs:begin install

// dialOptions returns the options of every Dial. The handshake is a GET: it is
// sent again until there is a connection. What breaks later is the program's.
func dialOptions(base http.RoundTripper, opts ...transport.Option) (*websocket.DialOptions, error) {
	t, err := transport.New(base, opts...)
	if err != nil {
		return nil, err
	}
	return &websocket.DialOptions{HTTPClient: &http.Client{Transport: t}}, nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	base := &witness{next: http.DefaultTransport}
	opts := &websocket.DialOptions{HTTPClient: &http.Client{Transport: base}}
	if env.Surefoot {
		var err error
		if opts, err = dialOptions(base, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	opts.HTTPClient.Timeout = time.Minute // of the handshake: the SDK takes it away after that
	// The outer witness sees what the stack hands over.
	outer := &witness{next: opts.HTTPClient.Transport}
	opts.HTTPClient.Transport = outer
	s := session{url: env.URL, opts: *opts, base: base, outer: outer, watched: env.AttemptTimeout > 0}
	return s.session(), nil
}
