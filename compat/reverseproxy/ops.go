// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package reverseproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
)

type session struct {
	client       *http.Client
	url, keeping string // a proxy, and one that keeps bodies
	gate         *gate.Gate
}

func (s session) session() rig.Session {
	do := func(method, url, key, body string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return s.do(ctx, method, url, key, strings.NewReader(body)) }
	}
	ops := []rig.Op{
		{Name: "GET", Do: do(http.MethodGet, s.url+"/things/a", "", "")},
		{Name: "GET, streamed, with a trailer", Before: s.flushed, Do: func(ctx context.Context) (string, error) {
			return s.stream(ctx, "free", nil)
		}},
		{Name: "DELETE", Do: do(http.MethodDelete, s.url+"/things/a", "", "")},
		{Name: "PUT", Do: do(http.MethodPut, s.url+"/things/a", "", "a body")},
		{Name: "PUT, kept", Do: do(http.MethodPut, s.keeping+"/things/a", "", "a body")},
		{Name: "POST", Write: true, Do: do(http.MethodPost, s.url+"/things", "", "a body")},
		{Name: "POST, kept", Write: true, Do: do(http.MethodPost, s.keeping+"/things", "", "a body")},
		{Name: "POST with a key", Write: true, Do: do(http.MethodPost, s.url+"/things", "key-1", "a body")},
		{Name: "POST with a key, kept", Write: true, Do: do(http.MethodPost, s.keeping+"/things", "key-2", "a body")},
		{Name: "POST, streamed", Write: true, Do: s.send},
	}
	for i := range ops {
		ops[i].Before = s.healthy(ops[i].Before)
	}
	return rig.Session{Ops: ops}
}

// healthy lets some calls through before an op, on both ways to the service.
// Circuits and budgets go by them: most of these ops fail, and a host that does
// nothing else is left alone.
func (s session) healthy(before func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, url := range []string{s.url, s.keeping} {
			for range 10 {
				if _, err := s.do(ctx, http.MethodGet, url+"/things/a", "", http.NoBody); err != nil {
					return err
				}
			}
		}
		if before == nil {
			return nil
		}
		return before(ctx)
	}
}

func (s session) request(ctx context.Context, method, url, key string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err == nil && key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return req, err
}

func (s session) do(ctx context.Context, method, url, key string, body io.Reader) (string, error) {
	req, err := s.request(ctx, method, url, key, body)
	if err != nil {
		return "", err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s", resp.StatusCode, raw), errors.Join(err, resp.Body.Close(), errStatus(resp))
}

// stream returns the parts of a stream and its trailer, and calls seen after the
// first part.
func (s session) stream(ctx context.Context, name string, seen func()) (string, error) {
	req, err := s.request(ctx, http.MethodGet, s.url+"/streams/"+name, "", nil)
	if err != nil {
		return "", err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // it was read, or is beyond that
	if err := errStatus(resp); err != nil {
		return "", err
	}
	first := make([]byte, len("one "))
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		return "", err
	}
	if seen != nil {
		seen()
	}
	rest, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%s%s, trailer %q", first, rest, resp.Trailer.Get("Checksum")), err
}

// flushed sees to it that what the server flushes arrives before the stream ends.
func (s session) flushed(ctx context.Context) error {
	name := s.gate.Name(held)
	got, err := s.stream(ctx, name, func() { s.gate.Open(name) })
	if err == nil && strings.Contains(got, "held back") {
		err = errors.New(got)
	}
	return err
}

// send streams a body of no known length, with a trailer.
func (s session) send(ctx context.Context) (string, error) {
	r, w := io.Pipe()
	req, err := s.request(ctx, http.MethodPost, s.url+"/streams", "", r)
	if err != nil {
		return "", err
	}
	req.Trailer = http.Header{"Checksum": nil}
	go func() {
		for range 8 {
			if _, err := io.WriteString(w, strings.Repeat("x", 32<<10)); err != nil {
				return // the request is over
			}
		}
		req.Trailer.Set("Checksum", "xxxx")
		_ = w.Close() // it never fails
	}()
	resp, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s", resp.StatusCode, raw), errors.Join(err, resp.Body.Close(), errStatus(resp))
}
