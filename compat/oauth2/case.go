// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package oauth2 is the case of golang.org/x/oauth2, above the stack and beneath
// it.
package oauth2

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is x/oauth2 with an API, client credentials and refresh tokens.
func Case() rig.Case {
	failures := rig.Unkeyed("POST")
	for _, op := range []string{"client credentials", "refresh above", "refresh beneath"} {
		for _, f := range rig.Unkeyed(op) {
			f.At = 1 // the request for the token; what follows is a GET
			failures = append(failures, f)
		}
	}
	return rig.Case{
		Name: "x/oauth2", Module: "golang.org/x/oauth2", Page: "sdk-rpc-and-plumbing",
		Server: "hand-written", Installed: "`oauth2.HTTPClient`",
		OwnRetries: "1, of the first request for a token; `AuthStyle`",
		Start:      func() (rig.Server, error) { return rig.Serve(newService()) },
		Install:    install,
		Failures:   failures,
	}
}

// docs:begin install

// newContext returns a context for Config.Client, clientcredentials.Config.Client
// and oauth2.NewClient: what they make sends tokens and calls through the stack,
// with the token put on above it.
func newContext(ctx context.Context, opts ...transport.Option) (context.Context, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: t}), nil
}

// docs:end install

// docs:begin beneath

// newBeneath returns a client that asks tokens for a token at each attempt. A
// token that cannot be had ends the call: another attempt would ask again.
func newBeneath(tokens oauth2.TokenSource, opts ...transport.Option) (*http.Client, error) {
	sign := func(next http.RoundTripper) http.RoundTripper {
		return &oauth2.Transport{Source: noToken{tokens}, Base: next}
	}
	opts = append(opts, transport.WithPerAttempt(sign), transport.WithClassifier(noToken{}))
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: t}, nil
}

// A noToken makes a tokenError of every error of its source, and of every
// tokenError a definite no.
type noToken struct{ oauth2.TokenSource }

type tokenError struct{ error }

func (n noToken) Token() (*oauth2.Token, error) {
	token, err := n.TokenSource.Token()
	if err != nil {
		return nil, tokenError{err}
	}
	return token, nil
}

func (noToken) Classify(req *http.Request, resp *http.Response, err error) classify.Verdict {
	if no := (tokenError{}); errors.As(err, &no) {
		return classify.Verdict{Class: classify.Terminal}
	}
	return classify.Default().Classify(req, resp, err)
}

// docs:end beneath

// Unwrap is for errors.As.
func (e tokenError) Unwrap() error { return e.error }

func install(env rig.Env) (rig.Session, error) {
	s := &session{url: env.URL, tokens: new(source), ctx: context.Background(), style: oauth2.AuthStyleInHeader}
	if env.OwnRetries {
		s.style = oauth2.AuthStyleAutoDetect
	}
	s.beneath = &http.Client{Transport: &oauth2.Transport{Source: s.tokens}}
	if env.Surefoot {
		var err error
		if s.ctx, err = newContext(s.ctx, env.Options...); err != nil {
			return rig.Session{}, err
		}
		if s.beneath, err = newBeneath(s.tokens, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	return s.session(), nil
}
