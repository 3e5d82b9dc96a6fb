// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package otelhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/compat/rig"
)

type session struct {
	client *http.Client
	url    string
	spans  *recorder
	base   *counter
}

func (s *session) session() rig.Session {
	do := func(method string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return s.traced(ctx, method) }
	}
	return rig.Session{Ops: []rig.Op{
		{Name: "GET", Do: do(http.MethodGet)},
		{Name: "PUT", Do: do(http.MethodPut)},
		{Name: "POST", Write: true, Do: do(http.MethodPost)},
	}}
}

// traced is a call whose spans are looked at, whatever became of it.
func (s *session) traced(ctx context.Context, method string) (string, error) {
	s.spans.reset()
	s.base.reset()
	status, text, err := s.do(ctx, method)
	if serr := s.check(ctx, status); serr != nil {
		return "", serr // it stands above the other one
	}
	return text + "; spans as they should be", err
}

func (s *session) do(ctx context.Context, method string) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+"/", strings.NewReader("a body"))
	if err != nil {
		return 0, "", err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	raw, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = errors.New(resp.Status)
	}
	return resp.StatusCode, fmt.Sprintf("%d %s", resp.StatusCode, raw), err
}
