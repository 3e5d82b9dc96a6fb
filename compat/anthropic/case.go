// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package anthropic is the case of anthropic-sdk-go.
package anthropic

import (
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is anthropic-sdk-go with models, messages and batches.
func Case() rig.Case {
	g := new(gate.Gate)
	return rig.Case{
		Name: "anthropic-sdk-go", Module: "github.com/anthropics/anthropic-sdk-go", Page: "sdk-ai-and-streaming",
		Server: "hand-written", Installed: "`option.WithHTTPClient`",
		OwnRetries: "2; `option.WithMaxRetries(0)`",
		// A proxy that speaks HTTP/1 to the service breaks one stream in some
		// hundreds by itself, when it answers a POST (golang/go#40747).
		H2C:      true,
		Answer:   answer,
		Start:    func() (rig.Server, error) { return rig.Serve(newService(g)) },
		Install:  func(env rig.Env) (rig.Session, error) { return install(env, g) },
		Failures: append(rig.Unkeyed("create a batch"), rig.Gone("delete a batch", "404")),
	}
}

// docs:begin install

// newClient returns a client with surefoot in place of its own retries.
func newClient(sdk []option.RequestOption, opts ...transport.Option) (anthropic.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return anthropic.Client{}, err
	}
	return anthropic.NewClient(append(sdk,
		option.WithHTTPClient(&http.Client{Transport: t}),
		option.WithMaxRetries(0),
		option.WithMiddleware(repeatMessages))...), nil
}

// repeatMessages says that a message may be asked for again: made twice, it is
// paid for twice, and nothing else happens. Batches are not among these.
func repeatMessages(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	switch req.URL.Path {
	case "/v1/messages", "/v1/messages/count_tokens":
		req = req.WithContext(retry.Idempotent(req.Context()))
	}
	return next(req)
}

// docs:end install

func install(env rig.Env, g *gate.Gate) (rig.Session, error) {
	opts := []option.RequestOption{
		option.WithoutEnvironmentDefaults(), option.WithBaseURL(env.URL), option.WithAPIKey(apiKey),
	}
	s := &session{client: anthropic.NewClient(opts...), gate: g}
	if !env.Surefoot {
		return s.session(), nil
	}
	var err error
	s.client, err = newClient(opts, env.Options...)
	if err == nil && env.OwnRetries {
		// Whoever forgets to switch them off has two.
		s.options = []option.RequestOption{option.WithMaxRetries(2)}
	}
	return s.session(), err
}
