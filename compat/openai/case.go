// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package openai is the case of openai-go.
package openai

import (
	"net/http"
	"slices"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is openai-go with models, completions, files and batches.
func Case() rig.Case {
	g := new(gate.Gate)
	return rig.Case{
		Name: "openai-go", Module: "github.com/openai/openai-go/v3", Page: "sdk-ai-and-streaming",
		Server: "hand-written", Installed: "`option.WithHTTPClient`",
		OwnRetries: "2; `option.WithMaxRetries(0)`",
		// A proxy that speaks HTTP/1 to the service breaks one stream in some
		// hundreds by itself, when it answers a POST (golang/go#40747).
		H2C:     true,
		Answer:  answer,
		Start:   func() (rig.Server, error) { return rig.Serve(newService(g)) },
		Install: func(env rig.Env) (rig.Session, error) { return install(env, g) },
		Failures: slices.Concat(
			rig.Unkeyed("upload a file"), rig.Unkeyed("create a batch"),
			[]rig.Failure{rig.Gone("delete a file", "404")}),
	}
}

// docs:begin install

// newClient returns a client with surefoot in place of its own retries.
func newClient(sdk []option.RequestOption, opts ...transport.Option) (openai.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return openai.Client{}, err
	}
	return openai.NewClient(append(sdk,
		option.WithHTTPClient(&http.Client{Transport: t}),
		option.WithMaxRetries(0),
		option.WithMiddleware(repeatCompletions))...), nil
}

// repeatCompletions says that a completion may be asked for again: made twice,
// it is paid for twice, and nothing else happens.
func repeatCompletions(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/chat/completions") {
		req = req.WithContext(retry.Idempotent(req.Context()))
	}
	return next(req)
}

// docs:end install

func install(env rig.Env, g *gate.Gate) (rig.Session, error) {
	opts := []option.RequestOption{option.WithBaseURL(env.URL + "/v1/"), option.WithAPIKey(apiKey)}
	s := &session{client: openai.NewClient(opts...), gate: g}
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
