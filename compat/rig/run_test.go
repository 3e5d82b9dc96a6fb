// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// TestMain lets runs go on beside each other on few cores: they mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// clientFunc makes the client that stands for surefoot.
type clientFunc func(...transport.Option) (http.RoundTripper, error)

func surefoot(opts ...transport.Option) (http.RoundTripper, error) {
	return transport.New(nil, opts...)
}

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
				if rt, err = client(env.Options...); err != nil {
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
			underTest(func(opts ...transport.Option) (http.RoundTripper, error) {
				rt, err := transport.New(nil, append(opts, transport.WithoutRetry())...)
				return always(rt, 1), err
			}, io.ReadAll),
			[]string{
				"surefoot: 1 doubled writes", "post under cut after: it completed, and was to fail",
				"hang: 1 doubled writes", "hang: post under hang at request 1: it completed, and was to fail", "it was sent 2 times, want once",
			},
		},
		{
			"retries around retries",
			underTest(func(opts ...transport.Option) (http.RoundTripper, error) {
				rt, err := transport.New(nil, opts...)
				return always(rt, 1), err
			}, io.ReadAll),
			[]string{"8 requests for one"},
		},
		{
			"no retries",
			underTest(func(opts ...transport.Option) (http.RoundTripper, error) {
				return transport.New(nil, append(opts, transport.WithoutRetry())...)
			}, io.ReadAll),
			[]string{"get under 503: got 503", "hang: get under hang at request 1: "},
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

// forgets is a layer that sends what failed once more, and does not close the
// first answer.
func forgets(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && resp.StatusCode == http.StatusServiceUnavailable && req.Method == http.MethodGet {
			return next.RoundTrip(req.Clone(req.Context())) // the first body is forgotten
		}
		return resp, err
	})
}

// strays is a layer that starts something for each attempt, and never ends it.
func strays(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		go func() { select {} }()
		return next.RoundTrip(req)
	})
}

// What is left of a run is found, over HTTP/1 and where one connection has many
// streams.
func TestRun_FindsWhatIsLeft(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		layer trip.Middleware
		http2 bool
		want  []string
	}{
		{"a body that is not closed", forgets, false, []string{"surefoot: 1 connections are left open", "surefoot: 1 goroutines are left", "goroutines outlive the server"}},
		{"a stream that is not closed", forgets, true, []string{"get under 503: 1 requests go on", "surefoot: 1 goroutines are left"}},
		{"a goroutine", strays, false, []string{"goroutines are left, and 0 without surefoot", "goroutines outlive the server"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := &http.Transport{Protocols: new(http.Protocols)}
			base.Protocols.SetHTTP1(!tt.http2)
			base.Protocols.SetUnencryptedHTTP2(tt.http2)
			t.Cleanup(base.CloseIdleConnections)
			c := underTest(func(opts ...transport.Option) (http.RoundTripper, error) {
				return transport.New(base, append(opts, transport.WithPerAttempt(tt.layer))...)
			}, io.ReadAll)
			c.H2C = tt.http2
			c.Faults = []rig.Fault{rig.Unavailable}
			install := c.Install
			c.Install = func(env rig.Env) (rig.Session, error) {
				s, err := install(env)
				s.Ops = s.Ops[:1]
				s.Close = func() error { base.CloseIdleConnections(); return nil }
				return s, err
			}
			if tt.http2 {
				c.Answer = func(int) (http.Header, string) { // a stream that is over does not wait for its reader
					return http.Header{"Content-Type": {"text/plain"}}, strings.Repeat("x", 8<<20)
				}
			}
			plan := rig.Short()
			plan.Settle = 2 * time.Second
			got, err := rig.Run(t.Context(), c, plan)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(got.Problems, "\n")
			for _, want := range tt.want {
				if !strings.Contains(all, want) {
					t.Errorf("no problem tells %q:\n%s", want, all)
				}
			}
		})
	}
}
