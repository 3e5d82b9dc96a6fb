// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package plain is the case without an SDK, net/http alone, and the service that
// other general clients are tried on.
package plain

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is net/http.
func Case() rig.Case {
	return rig.Case{
		Name: "net/http", Module: "std", Page: "sdk-payments-and-rest",
		Server: "hand-written", Installed: "`http.Client.Transport`", OwnRetries: "none",
		Answer: Answer, Start: Start, Install: install,
		Failures: append(rig.Unkeyed("pay"), rig.Gone("delete", "404")),
	}
}

// docs:begin install

// newClient returns a client for any API.
func newClient(opts ...transport.Option) (*http.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: t}, nil
}

// docs:end install

type session struct {
	client *http.Client
	url    string
	keys   atomic.Int64
}

func install(env rig.Env) (rig.Session, error) {
	s := &session{client: new(http.Client), url: env.URL}
	if env.Surefoot {
		var err error
		if s.client, err = newClient(env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	seed := func(ctx context.Context) error {
		_, err := s.send(ctx, http.MethodPut, "/things/seed", `{"name":"seed"}`, "")
		return err
	}
	return rig.Session{Ops: []rig.Op{
		{Name: "get", Before: seed, Do: func(ctx context.Context) (string, error) {
			return s.send(ctx, http.MethodGet, "/things/seed", "", "")
		}},
		{Name: "list", Do: s.list},
		{Name: "download", Do: func(ctx context.Context) (string, error) {
			return s.send(ctx, http.MethodGet, "/file", "", "")
		}},
		{Name: "put", Do: func(ctx context.Context) (string, error) {
			return s.send(ctx, http.MethodPut, "/things/put", `{"name":"put"}`, "")
		}},
		{Name: "delete", Before: seed, Do: func(ctx context.Context) (string, error) {
			return s.send(ctx, http.MethodDelete, "/things/seed", "", "")
		}},
		{Name: "pay", Write: true, Do: func(ctx context.Context) (string, error) {
			return s.pay(ctx, "")
		}},
		{Name: "pay with a key", Write: true, Do: func(ctx context.Context) (string, error) {
			return s.pay(ctx, fmt.Sprint("key-", s.keys.Add(1)))
		}},
	}}, nil
}

// send returns the body of the answer.
func (s *session) send(ctx context.Context, method, path, body, key string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // what it said was read
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s: %s", resp.Status, raw)
	}
	return string(raw), nil
}

// list reads all pages.
func (s *session) list(ctx context.Context) (string, error) {
	var all []string
	for next := 1; next > 0; {
		text, err := s.send(ctx, http.MethodGet, fmt.Sprint("/things?page=", next), "", "")
		if err != nil {
			return "", err
		}
		var page Page
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			return "", err
		}
		all = append(all, page.Names...)
		next = page.Next
	}
	return strings.Join(all, ", "), nil
}

// pay leaves out the number of the payment.
func (s *session) pay(ctx context.Context, key string) (string, error) {
	text, err := s.send(ctx, http.MethodPost, "/payments", `{"amount":4200}`, key)
	if err != nil {
		return "", err
	}
	var payment struct{ Status string }
	err = json.Unmarshal([]byte(text), &payment)
	return payment.Status, err
}
