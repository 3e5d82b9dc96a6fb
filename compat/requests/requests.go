// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package requests is the case of carlmjohnson/requests.
package requests

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/carlmjohnson/requests"

	"github.com/surefoot-go/surefoot/compat/plain"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is carlmjohnson/requests.
func Case() rig.Case {
	return rig.Case{
		Name: "carlmjohnson/requests", Module: "github.com/carlmjohnson/requests", Page: "sdk-payments-and-rest",
		Server: "hand-written", Installed: "`Builder.Transport`", OwnRetries: "none",
		Answer: plain.Answer, Start: plain.Start, Install: install,
		Failures: append(append(rig.Unkeyed("pay"), rig.Gone("delete", "404")),
			rig.Failure{Op: "put a reader", Why: "it can be read once, and was said to be sent once"}),
	}
}

// docs:begin install

// newAPI returns a configuration that requests.New makes builders of. It is
// made once: circuits and budgets live in it.
func newAPI(url string, opts ...transport.Option) (requests.Config, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return func(rb *requests.Builder) { rb.BaseURL(url).Transport(t) }, nil
}

// docs:end install

// docs:begin pay

// pay makes a payment that may be sent again: one key for all attempts.
func pay(ctx context.Context, api requests.Config, key string, amount int) (payment, error) {
	var p payment
	err := requests.New(api).
		Path("/payments").
		Header("Idempotency-Key", key).
		BodyJSON(map[string]int{"amount": amount}). // it can be read again
		ToJSON(&p).
		Fetch(ctx)
	return p, err
}

// docs:end pay

// docs:begin reader

// put sends what can be read only once, and says so: requests would give a second
// attempt what the first has left over of it.
func put(ctx context.Context, api requests.Config, path string, r io.Reader) error {
	return requests.New(api).
		Path(path).
		Method(http.MethodPut).
		BodyReader(r).
		Fetch(retry.Never(ctx))
}

// docs:end reader

type payment struct{ Status string }

func install(env rig.Env) (rig.Session, error) {
	api := func(rb *requests.Builder) { rb.BaseURL(env.URL) }
	if env.Surefoot {
		var err error
		if api, err = newAPI(env.URL, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	var keys atomic.Int64
	seed := func(ctx context.Context) error {
		return requests.New(api).Path("/things/seed").Method(http.MethodPut).BodyJSON(plain.Thing{Name: "seed"}).Fetch(ctx)
	}
	return rig.Session{Ops: []rig.Op{
		{Name: "get", Before: seed, Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			err := requests.New(api).Path("/things/seed").ToJSON(&thing).Fetch(ctx)
			return thing.Name, err
		}},
		{Name: "list", Do: func(ctx context.Context) (string, error) { return list(ctx, api) }},
		{Name: "download", Do: func(ctx context.Context) (string, error) {
			var text string
			err := requests.New(api).Path("/file").ToString(&text).Fetch(ctx)
			return text, err
		}},
		{Name: "put", Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			err := requests.New(api).Path("/things/put").Method(http.MethodPut).
				BodyJSON(plain.Thing{Name: "put"}).ToJSON(&thing).Fetch(ctx)
			return thing.Name, err
		}},
		{Name: "put a body that is made again", Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			err := requests.New(api).Path("/things/put").Method(http.MethodPut).Body(func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(`{"name":"made"}`)), nil
			}).ToJSON(&thing).Fetch(ctx)
			return thing.Name, err
		}},
		{Name: "put a reader", Do: func(ctx context.Context) (string, error) {
			return "", put(ctx, api, "/things/put", strings.NewReader(`{"name":"read"}`))
		}},
		{Name: "delete", Before: seed, Do: func(ctx context.Context) (string, error) {
			var text string
			err := requests.New(api).Path("/things/seed").Delete().ToString(&text).Fetch(ctx)
			return text, err
		}},
		{Name: "pay", Write: true, Do: func(ctx context.Context) (string, error) {
			var p payment
			err := requests.New(api).Path("/payments").BodyJSON(map[string]int{"amount": 4200}).ToJSON(&p).Fetch(ctx)
			return p.Status, err
		}},
		{Name: "pay with a key", Write: true, Do: func(ctx context.Context) (string, error) {
			p, err := pay(ctx, api, fmt.Sprint("key-", keys.Add(1)), 4200)
			return p.Status, err
		}},
	}}, nil
}

// list reads all pages.
func list(ctx context.Context, api requests.Config) (string, error) {
	var names []string
	for next := 1; next > 0; {
		var page plain.Page
		if err := requests.New(api).Path("/things").ParamInt("page", next).ToJSON(&page).Fetch(ctx); err != nil {
			return "", err
		}
		names = append(names, page.Names...)
		next = page.Next
	}
	return strings.Join(names, ", "), nil
}
