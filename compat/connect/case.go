// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package connect is the case of connect-go, over HTTP/2 without TLS.
package connect

import (
	"net/http"

	"connectrpc.com/connect"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is connect-go with calls and streams, in its own protocol and in gRPC's.
func Case() rig.Case {
	return rig.Case{
		Name: "connect-go", Module: "connectrpc.com/connect", Page: "sdk-rpc-and-plumbing",
		Server: "connect-go's handlers", Installed: "`NewClient`",
		OwnRetries: "none", H2C: true,
		Answer:  answer,
		Start:   func() (rig.Server, error) { return rig.Serve(newService()) },
		Install: install,
		Failures: append(append(
			sentOnce("call that changes something", "a POST without an idempotency key is sent once"),
			sentOnce("gRPC call that changes something", "a POST without an idempotency key is sent once")...),
			sentOnce("two-way stream", "what was streamed cannot be had again")...),
	}
}

// sentOnce says that op fails, whatever the trouble is.
func sentOnce(op, why string) []rig.Failure {
	return []rig.Failure{
		{Op: op, Faults: []rig.Fault{rig.Unavailable, rig.UnavailableWait}, Err: "503", Why: why},
		{Op: op, Faults: []rig.Fault{rig.TooMany}, Err: "429", Why: why},
		{Op: op, Faults: []rig.Fault{rig.ServerError}, Err: "500", Why: why},
		{Op: op, Faults: []rig.Fault{rig.CutBefore, rig.CutAfter}, Err: "stream error", Why: why},
	}
}

// docs:begin install

// newClient returns what to give to a generated NewThingsClient.
func newClient(base *http.Transport, opts ...transport.Option) (*http.Client, []connect.ClientOption, error) {
	t, err := transport.New(base, opts...)
	if err != nil {
		return nil, nil, err
	}
	// Procedures with idempotency_level = NO_SIDE_EFFECTS become GETs, which may
	// be sent again.
	return &http.Client{Transport: t}, []connect.ClientOption{connect.WithHTTPGet()}, nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	base := &http.Transport{Protocols: new(http.Protocols)}
	base.Protocols.SetUnencryptedHTTP2(true) // as the SDK tells to, for h2c
	client, opts := &http.Client{Transport: base}, []connect.ClientOption(nil)
	if env.Surefoot {
		var err error
		if client, opts, err = newClient(base, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	session := newSession(client, env.URL, opts)
	session.Close = func() error { base.CloseIdleConnections(); return nil }
	return session, nil
}
