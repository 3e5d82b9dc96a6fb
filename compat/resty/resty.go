// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package resty is the case of go-resty.
package resty

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/go-resty/resty/v2"

	"github.com/surefoot-go/surefoot/compat/plain"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is go-resty.
func Case() rig.Case {
	return rig.Case{
		Name: "resty", Module: "github.com/go-resty/resty/v2", Page: "sdk-payments-and-rest",
		Server: "hand-written", Installed: "`Client.SetTransport`",
		OwnRetries: "off; leave `SetRetryCount` out", OptIn: true,
		Answer: plain.Answer, Start: plain.Start, Install: install,
		Failures: append(rig.Unkeyed("pay"), rig.Gone("delete", "404")),
	}
}

// docs:begin install

// newClient returns a client whose calls surefoot sees to.
func newClient(opts ...transport.Option) (*resty.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return resty.New().SetTransport(t), nil // and no SetRetryCount
}

// docs:end install

// docs:begin pay

// pay makes a payment that may be sent again: one key for all attempts.
func pay(ctx context.Context, client *resty.Client, key string, amount int) (payment, error) {
	var p payment
	resp, err := client.R().
		SetContext(ctx).
		SetHeader("Idempotency-Key", key).
		SetBody(map[string]int{"amount": amount}).
		SetResult(&p).
		Post("/payments")
	return p, told(resp, err)
}

// docs:end pay

type payment struct{ Status string }

// told makes an error of a status, which resty does not.
func told(resp *resty.Response, err error) error {
	if err == nil && resp.IsError() {
		return fmt.Errorf("%s: %s", resp.Status(), resp.Body())
	}
	return err
}

func install(env rig.Env) (rig.Session, error) {
	client := resty.New()
	if env.Surefoot {
		var err error
		if client, err = newClient(env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	if env.Eager {
		client.SetLogger(quiet{}).SetRetryCount(3).AddRetryCondition(func(r *resty.Response, err error) bool {
			return err != nil || r.StatusCode() >= http.StatusInternalServerError
		})
	}
	client.SetBaseURL(env.URL)
	var keys atomic.Int64
	seed := func(ctx context.Context) error {
		return told(client.R().SetContext(ctx).SetBody(plain.Thing{Name: "seed"}).Put("/things/seed"))
	}
	return rig.Session{Ops: []rig.Op{
		{Name: "get", Before: seed, Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			err := told(client.R().SetContext(ctx).SetResult(&thing).Get("/things/seed"))
			return thing.Name, err
		}},
		{Name: "list", Do: func(ctx context.Context) (string, error) { return list(ctx, client) }},
		{Name: "download", Do: func(ctx context.Context) (string, error) {
			resp, err := client.R().SetContext(ctx).Get("/file")
			return resp.String(), told(resp, err)
		}},
		{Name: "put", Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			err := told(client.R().SetContext(ctx).SetBody(plain.Thing{Name: "put"}).SetResult(&thing).Put("/things/put"))
			return thing.Name, err
		}},
		{Name: "put a reader", Do: func(ctx context.Context) (string, error) {
			var thing plain.Thing
			once := struct{ io.Reader }{strings.NewReader(`{"name":"read"}`)} // what it is cannot be seen
			err := told(client.R().SetContext(ctx).SetBody(once).SetResult(&thing).Put("/things/put"))
			return thing.Name, err
		}},
		{Name: "delete", Before: seed, Do: func(ctx context.Context) (string, error) {
			resp, err := client.R().SetContext(ctx).Delete("/things/seed")
			return resp.String(), told(resp, err)
		}},
		{Name: "pay", Write: true, Do: func(ctx context.Context) (string, error) {
			var p payment
			err := told(client.R().SetContext(ctx).SetBody(map[string]int{"amount": 4200}).SetResult(&p).Post("/payments"))
			return p.Status, err
		}},
		{Name: "pay with a key", Write: true, Do: func(ctx context.Context) (string, error) {
			p, err := pay(ctx, client, fmt.Sprint("key-", keys.Add(1)), 4200)
			return p.Status, err
		}},
	}}, nil
}

// quiet is a logger that does not tell of each retry.
type quiet struct{}

// Errorf says nothing.
func (quiet) Errorf(string, ...any) {}

// Warnf says nothing.
func (quiet) Warnf(string, ...any) {}

// Debugf says nothing.
func (quiet) Debugf(string, ...any) {}

// list reads all pages.
func list(ctx context.Context, client *resty.Client) (string, error) {
	var names []string
	for next := 1; next > 0; {
		var page plain.Page
		err := told(client.R().SetContext(ctx).SetQueryParam("page", strconv.Itoa(next)).SetResult(&page).Get("/things"))
		if err != nil {
			return "", err
		}
		names = append(names, page.Names...)
		next = page.Next
	}
	return strings.Join(names, ", "), nil
}
