// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// clientFunc makes the client that stands for surefoot.
type clientFunc func() (http.RoundTripper, error)

func surefoot() (http.RoundTripper, error) { return transport.New(nil) }

// underTest is a case of two ops, a GET and a POST, with a client of our choice
// in surefoot's place.
func underTest(client clientFunc, read func(io.Reader) ([]byte, error)) rig.Case {
	return rig.Case{
		Name:   "rig",
		Faults: []rig.Fault{rig.Unavailable, rig.CutAfter, rig.CutBody},
		Start: func() (rig.Server, error) {
			return rig.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, _ = io.WriteString(w, req.Method+" was here") // a client that is gone is not our business
			}))
		},
		Install: func(env rig.Env) (rig.Session, error) {
			rt := http.DefaultTransport
			if env.Surefoot {
				var err error
				if rt, err = client(); err != nil {
					return rig.Session{}, err
				}
			}
			do := func(method string) func(context.Context) (string, error) {
				return func(ctx context.Context) (string, error) {
					req, err := http.NewRequestWithContext(ctx, method, env.URL, strings.NewReader("{}"))
					if err != nil {
						return "", err
					}
					resp, err := (&http.Client{Transport: rt}).Do(req)
					if err != nil {
						return "", err
					}
					defer func() { _ = resp.Body.Close() }() // it was read
					if resp.StatusCode != http.StatusOK {
						return "", fmt.Errorf("got %s", resp.Status)
					}
					raw, err := read(resp.Body)
					return string(raw), err
				}
			}
			return rig.Session{Ops: []rig.Op{
				{Name: "get", Do: do(http.MethodGet)},
				{Name: "post", Write: true, Do: do(http.MethodPost)},
			}}, nil
		},
		Failures: rig.Unkeyed("post"),
	}
}

// always sends again whatever fails, times times.
func always(next http.RoundTripper, times int) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		for n := 0; ; n++ {
			again := req.Clone(req.Context())
			if req.GetBody != nil {
				again.Body, _ = req.GetBody() // that of a strings.Reader cannot fail
			}
			resp, err := next.RoundTrip(again)
			if n == times || err == nil && resp.StatusCode < http.StatusInternalServerError {
				return resp, err
			}
			if err == nil {
				_ = resp.Body.Close() // its answer is not wanted
			}
		}
	})
}

// The rig is worth something only if it finds what it is there to find.
func TestRun(t *testing.T) {
	t.Parallel()
	half := func(r io.Reader) ([]byte, error) {
		raw, _ := io.ReadAll(r) // a body that broke off is passed for a whole one
		return raw, nil
	}
	wrong := underTest(surefoot, io.ReadAll)
	wrong.Failures[0].Err = "418"
	tests := []struct {
		name string
		c    rig.Case
		want []string // what problems tell; none means no problem
	}{
		{"surefoot", underTest(surefoot, io.ReadAll), nil},
		{
			"a client that repeats a POST",
			underTest(func() (http.RoundTripper, error) { return always(http.DefaultTransport, 1), nil }, io.ReadAll),
			[]string{"1 doubled writes", "post under cut after: it completed, and was to fail"},
		},
		{
			"retries around retries",
			underTest(func() (http.RoundTripper, error) {
				rt, err := transport.New(nil)
				return always(rt, 1), err
			}, io.ReadAll),
			[]string{"8 requests for one"},
		},
		{
			"no retries",
			underTest(func() (http.RoundTripper, error) { return http.DefaultTransport, nil }, io.ReadAll),
			[]string{"get under 503: got 503"},
		},
		{"a body that broke and was taken for whole", underTest(surefoot, half), []string{`result "GET wa", want "GET was here"`}},
		{"another error than the one that was foretold", wrong, []string{`want one with "418"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := rig.Run(t.Context(), tt.c, rig.Short())
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(got.Problems, "\n")
			if len(tt.want) == 0 && all != "" {
				t.Errorf("problems of a good case:\n%s", all)
			}
			for _, want := range tt.want {
				if !strings.Contains(all, want) {
					t.Errorf("no problem tells %q:\n%s", want, all)
				}
			}
			if got.Surefoot.Calls != 6 || got.Surefoot.Faults < 6 {
				t.Errorf("got %+v, want 6 calls that met a fault", got.Surefoot)
			}
		})
	}
}

// What goes past the proxy, and what is not the same twice, cannot be judged.
func TestRun_cannotBeRun(t *testing.T) {
	t.Parallel()
	n := 0
	tests := []struct {
		name, want string
		do         func(env rig.Env, good func(context.Context) (string, error)) func(context.Context) (string, error)
	}{
		{"no request", "no request came by", func(rig.Env, func(context.Context) (string, error)) func(context.Context) (string, error) {
			return func(context.Context) (string, error) { return "", nil }
		}},
		{"not the same twice", "not the same twice", func(_ rig.Env, good func(context.Context) (string, error)) func(context.Context) (string, error) {
			return func(ctx context.Context) (string, error) {
				n++
				_, err := good(ctx)
				return strconv.Itoa(n), err
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := underTest(surefoot, io.ReadAll)
			install := c.Install
			c.Install = func(env rig.Env) (rig.Session, error) {
				s, err := install(env)
				s.Ops[0].Do = tt.do(env, s.Ops[0].Do)
				return s, err
			}
			_, err := rig.Run(t.Context(), c, rig.Short())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}
