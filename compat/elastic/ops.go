// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// Ops that the list of failures names.
const (
	opIndex  = "index without an id"
	opCreate = "create with an id"
	opDelete = "delete"
)

const document = `{"name":"a thing"}`

func operations(c *elastictransport.Client) []rig.Op {
	s := session{c}
	seed := func(ctx context.Context) error {
		_, err := s.send(ctx, http.MethodPut, "/things/_doc/seed", document)
		return err
	}
	do := func(method, path, body string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return s.send(ctx, method, path, body) }
	}
	marked := func(do func(context.Context) (string, error)) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return do(retry.Idempotent(ctx)) }
	}
	const twice = `{"index":{"_index":"things","_id":"b1"}}` + "\n" + document + "\n" +
		`{"index":{"_index":"things","_id":"b2"}}` + "\n" + document + "\n"
	return []rig.Op{
		{Name: "get", Before: seed, Do: do(http.MethodGet, "/things/_doc/seed", "")},
		{Name: "index with an id", Do: do(http.MethodPut, "/things/_doc/one", document)},
		{Name: opCreate, Before: s.gone("new"), Do: do(http.MethodPut, "/things/_create/new", document)},
		{Name: opIndex, Write: true, Do: do(http.MethodPost, "/things/_doc", document)},
		// A search changes nothing, and documents with ids are what they are however
		// often they are written. Both are POSTs, and are repeated on the caller's word.
		{Name: "search, marked Idempotent", Before: seed, Do: marked(do(http.MethodPost, "/things/_search", `{"query":{"ids":{"values":["seed"]}}}`))},
		{Name: "bulk with ids, marked Idempotent", Do: marked(do(http.MethodPost, "/_bulk", twice))},
		{Name: opDelete, Before: seed, Do: do(http.MethodDelete, "/things/_doc/seed", "")},
	}
}

type session struct{ c *elastictransport.Client }

func (s session) gone(id string) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := s.send(ctx, http.MethodDelete, "/things/_doc/"+id, ""); err != nil && !strings.Contains(err.Error(), "not_found") {
			return err
		}
		return nil
	}
}

// send returns the status and what the answer says that is the same each time.
func (s session) send(ctx context.Context, method, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9")
	}
	resp, err := s.c.Perform(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s: %s", resp.Status, raw)
	}
	var said struct {
		Found  bool
		Errors bool
		Source json.RawMessage `json:"_source"`
		Hits   struct{ Total struct{ Value int } }
		Items  []json.RawMessage
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return "", err
	}
	return fmt.Sprintf("found %t %s, %d hits, %d items, errors %t",
		said.Found, said.Source, said.Hits.Total.Value, len(said.Items), said.Errors), nil
}
