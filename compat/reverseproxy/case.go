// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package reverseproxy is the case of net/http/httputil's ReverseProxy with the
// stack as its Transport. RFC 9110 §9.2.2 forbids a proxy to repeat what is not
// idempotent.
package reverseproxy

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is a proxy with reads, writes and streams.
func Case() rig.Case {
	g := new(gate.Gate)
	failures := []rig.Failure{}
	for _, op := range []string{"PUT", "POST", "POST with a key", "POST, streamed"} {
		failures = append(failures, passedOn(op)...)
	}
	failures = append(failures, passedOn("POST, kept")...)
	return rig.Case{
		Name: "httputil.ReverseProxy", Module: "std", Page: "sdk-rpc-and-plumbing",
		Server: "hand-written", Installed: "`ReverseProxy.Transport`",
		OwnRetries: "none",
		Start:      func() (rig.Server, error) { return rig.Serve(newService(g)) },
		Install:    func(env rig.Env) (rig.Session, error) { return install(env, g) },
		Failures:   failures,
	}
}

// passedOn says that the trouble reaches the client.
func passedOn(op string) []rig.Failure {
	const why = "it may not be repeated, or its body cannot be had again"
	return []rig.Failure{
		{Op: op, Faults: []rig.Fault{rig.Unavailable, rig.UnavailableWait}, Err: "503", Why: why},
		{Op: op, Faults: []rig.Fault{rig.TooMany}, Err: "429", Why: why},
		{Op: op, Faults: []rig.Fault{rig.ServerError}, Err: "500", Why: why},
		{Op: op, Faults: []rig.Fault{rig.CutBefore, rig.CutAfter}, Err: "502", Hang: "502", Why: why},
	}
}

// docs:begin install

// newProxy returns a proxy for to. The body of what a server was sent cannot be
// had a second time: without keep, only requests that have none are sent again.
func newProxy(to *url.URL, keep int64, opts ...transport.Option) (*httputil.ReverseProxy, error) {
	if keep > 0 {
		opts = append(opts, transport.WithRetry(retry.WithBodyBuffer(keep)))
	}
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport: t,
	}, nil
}

// docs:end install

// bareProxy is what it would be without surefoot.
func bareProxy(to *url.URL, _ int64, _ ...transport.Option) (*httputil.ReverseProxy, error) {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}, nil
}

func install(env rig.Env, g *gate.Gate) (rig.Session, error) {
	to, err := url.Parse(env.URL)
	if err != nil {
		return rig.Session{}, err
	}
	build := bareProxy
	if env.Surefoot {
		build = newProxy
	}
	var fronts []rig.Server
	for _, keep := range []int64{0, 64 << 10} {
		proxy, err := build(to, keep, env.Options...)
		if err != nil {
			return rig.Session{}, err
		}
		proxy.ErrorLog = log.New(io.Discard, "", 0) //nolint:forbidigo // it silences another one
		front, err := rig.Serve(proxy)
		if err != nil {
			return rig.Session{}, err
		}
		fronts = append(fronts, front)
	}
	client := &http.Client{Transport: new(http.Transport)}
	s := session{client: client, url: fronts[0].URL, keeping: fronts[1].URL, gate: g}
	session := s.session()
	session.Close = func() error {
		client.CloseIdleConnections()
		fronts[0].Close()
		fronts[1].Close()
		return nil
	}
	return session, nil
}

// errStatus makes an error of an answer that is not what was asked for.
func errStatus(resp *http.Response) error {
	if resp.StatusCode >= http.StatusBadRequest {
		return errors.New(resp.Status)
	}
	return nil
}
