// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package elastic is the case of elastic-transport-go, on which go-elasticsearch
// stands.
package elastic

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is the SDK with documents by their ids, without, in bulk, and a search.
func Case() rig.Case {
	return rig.Case{
		Name: "elastic-transport-go", Module: "github.com/elastic/elastic-transport-go/v8",
		Page: "sdk-storage", Server: "hand-written",
		Installed: "`WithTransport`", OwnRetries: "3; `WithDisableRetry`",
		Answer:  answer,
		Start:   func() (rig.Server, error) { return rig.Serve(newService()) },
		Install: install,
		Failures: append(rig.Unkeyed(opIndex),
			rig.Failure{
				Op: opCreate, Faults: []rig.Fault{rig.CutAfter}, Err: "version_conflict_engine_exception",
				Why: "the first attempt created it, and the second finds that it exists",
			},
			rig.Gone(opDelete, "not_found"),
		),
	}
}

// docs:begin install

// newClient returns a client with surefoot beneath it. The Config of
// go-elasticsearch has the same fields: Transport and DisableRetry.
func newClient(sdk []elastictransport.Option, opts ...transport.Option) (*elastictransport.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return elastictransport.NewClient(append(sdk,
		elastictransport.WithTransport(t),
		elastictransport.WithDisableRetry())...)
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	u, err := url.Parse(env.URL)
	if err != nil {
		return rig.Session{}, err
	}
	opts := []elastictransport.Option{elastictransport.WithURLs(u)}
	var c *elastictransport.Client
	switch {
	case !env.Surefoot:
		c, err = elastictransport.NewClient(opts...)
	case env.OwnRetries:
		c, err = withOwnRetries(opts, env.Options...)
	default:
		c, err = newClient(opts, env.Options...)
	}
	if err != nil {
		return rig.Session{}, err
	}
	return rig.Session{Ops: operations(c)}, nil
}

// withOwnRetries is what comes of DisableRetry forgotten.
func withOwnRetries(sdk []elastictransport.Option, opts ...transport.Option) (*elastictransport.Client, error) {
	t, err := transport.New(http.DefaultTransport, opts...)
	if err != nil {
		return nil, err
	}
	return elastictransport.NewClient(append(sdk, elastictransport.WithTransport(t))...)
}

// answer is what a node, or the proxy before it, sends with a status of trouble.
func answer(status int) (http.Header, string) {
	kind := map[int]string{
		http.StatusTooManyRequests:     "es_rejected_execution_exception",
		http.StatusInternalServerError: "null_pointer_exception",
		http.StatusServiceUnavailable:  "cluster_block_exception",
	}[status]
	return header(), failure(kind, status)
}

func header() http.Header {
	return http.Header{
		"X-Elastic-Product": {"Elasticsearch"},
		"Content-Type":      {"application/vnd.elasticsearch+json;compatible-with=9"},
	}
}

func failure(kind string, status int) string {
	return fmt.Sprintf(`{"error":{"root_cause":[{"type":%q,"reason":"trouble"}],"type":%q,"reason":"trouble"},"status":%d}`,
		kind, kind, status)
}
