// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/surefoot-go/surefoot/hedge"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

func TestMiddleware_MakesASpanOfEachAttempt(t *testing.T) {
	t.Parallel()
	s := newSpans()
	base := answers(503, 503, 200)
	stack := newStack(t, base, atOnce, transport.WithPerAttempt(surefoototel.Middleware(s.options()...)))
	ctx, parent := s.provider.Tracer("test").Start(t.Context(), "parent")
	if status, err := send(t, stack, newRequest(t, things).WithContext(ctx)); status != 200 || err != nil {
		t.Fatalf("got %d, %v, want 200", status, err)
	}
	got := s.memory.GetSpans()
	if len(got) != 3 {
		t.Fatalf("got %d spans, want 3", len(got))
	}
	for i, span := range got {
		if span.Name != "GET" || span.SpanKind != trace.SpanKindClient {
			t.Errorf("got %q of kind %s, want GET of kind client", span.Name, span.SpanKind)
		}
		if span.Parent.SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("span %d: got parent %s, want the caller's", i, span.Parent.SpanID())
		}
		count, resent := told(span)["http.request.resend_count"]
		if resent != (i > 0) || resent && count != int64(i) {
			t.Errorf("span %d: got resend_count %v, want %d, and none for the first", i, count, i)
		}
		if want := "00-" + span.SpanContext.TraceID().String() + "-" + span.SpanContext.SpanID().String() + "-01"; base.got[i].Header.Get("Traceparent") != want {
			t.Errorf("span %d: got traceparent %q, want %q", i, base.got[i].Header.Get("Traceparent"), want)
		}
	}
}

func TestMiddleware_TellsWhatTheConventionsAskFor(t *testing.T) {
	t.Parallel()
	ok := map[string]any{
		"http.request.method": "GET", "server.address": "api.example.com", "server.port": int64(443),
		"url.full": things, "http.response.status_code": int64(200), "network.protocol.version": "1.1",
	}
	with := func(more map[string]any) map[string]any {
		m := maps.Clone(ok)
		maps.Copy(m, more)
		return m
	}
	rows := []struct {
		name string
		edit func(*http.Request)
		opts []surefoototel.MiddlewareOption
		span string
		want map[string]any
	}{
		{"of a plain request", func(*http.Request) {}, nil, "GET", ok},
		{"of an empty method", func(r *http.Request) { r.Method = "" }, nil, "GET", ok},
		{
			"of a method that is not known", func(r *http.Request) { r.Method = "BREW" }, nil, "HTTP",
			with(map[string]any{"http.request.method": "_OTHER", "http.request.method_original": "BREW"}),
		},
		{
			"of a method in lower case", func(r *http.Request) { r.Method = "get" }, nil, "HTTP",
			with(map[string]any{"http.request.method": "_OTHER", "http.request.method_original": "get"}),
		},
		{"of QUERY", func(r *http.Request) { r.Method = "QUERY" }, nil, "QUERY", with(map[string]any{"http.request.method": "QUERY"})},
		{
			"of a method that was made known", func(r *http.Request) { r.Method = "BREW" },
			[]surefoototel.MiddlewareOption{surefoototel.WithKnownMethods("BREW")},
			"BREW",
			with(map[string]any{"http.request.method": "BREW"}),
		},
		{
			"of a method that is no longer known", func(*http.Request) {},
			[]surefoototel.MiddlewareOption{surefoototel.WithKnownMethods("BREW")},
			"HTTP",
			with(map[string]any{"http.request.method": "_OTHER", "http.request.method_original": "GET"}),
		},
		{
			"of a port", func(r *http.Request) { r.URL.Host, r.Host = "api.example.com:8443", "api.example.com:8443" }, nil, "GET",
			with(map[string]any{"server.port": int64(8443), "url.full": "https://api.example.com:8443/things"}),
		},
		{
			"of an address", func(r *http.Request) { r.URL.Scheme, r.URL.Host, r.Host = "http", "[2001:db8::1]", "" }, nil, "GET",
			with(map[string]any{"server.address": "2001:db8::1", "server.port": int64(80), "url.full": "http://[2001:db8::1]/things"}),
		},
		{
			"of a host that is not the one it is sent to", func(r *http.Request) { r.URL.Host = "10.0.0.1:9000" }, nil, "GET",
			with(map[string]any{"url.full": "https://10.0.0.1:9000/things"}),
		},
		{
			"of the scheme, if asked for", func(*http.Request) {},
			[]surefoototel.MiddlewareOption{surefoototel.WithURLScheme()},
			"GET", with(map[string]any{"url.scheme": "https"}),
		},
		{
			"of a template by an option", func(*http.Request) {},
			[]surefoototel.MiddlewareOption{surefoototel.WithURLTemplate(func(r *http.Request) string { return r.URL.Path })},
			"GET /things",
			with(map[string]any{"url.template": "/things"}),
		},
		{
			"of a template in the context, which comes first", func(r *http.Request) {
				*r = *r.WithContext(surefoototel.URLTemplate(r.Context(), "/{kind}"))
			},
			[]surefoototel.MiddlewareOption{surefoototel.WithURLTemplate(func(*http.Request) string { return "/no" })},
			"GET /{kind}",
			with(map[string]any{"url.template": "/{kind}"}),
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, req := newSpans(), newRequest(t, things)
			row.edit(req)
			if _, err := send(t, s.around(answers(200), row.opts...), req); err != nil {
				t.Fatal(err)
			}
			span := s.only(t)
			if got := told(span); !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %v\nwant %v", got, row.want)
			}
			if span.Name != row.span || span.Status.Code != codes.Unset {
				t.Errorf("got %q with status %s, want %q with none", span.Name, span.Status.Code, row.span)
			}
		})
	}
}

func TestMiddleware_TellsTheVersionOfTheProtocol(t *testing.T) {
	t.Parallel()
	rows := []struct {
		major, minor int
		want         any
	}{{1, 0, "1.0"}, {1, 1, "1.1"}, {2, 0, "2"}, {3, 0, "3"}, {0, 0, nil}}
	for _, row := range rows {
		s := newSpans()
		_, _ = send(t, s.around(trip.Func(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ProtoMajor: row.major, ProtoMinor: row.minor, Request: req}, nil
		})), newRequest(t, things))
		if got := told(s.only(t))["network.protocol.version"]; got != row.want {
			t.Errorf("HTTP/%d.%d: got %v, want %v", row.major, row.minor, got, row.want)
		}
	}
}

// timeoutError is what a dialer gives.
type timeoutError struct{ error }

func (timeoutError) Timeout() bool { return true }

func TestMiddleware_TellsErrorsByTypeNotByText(t *testing.T) {
	t.Parallel()
	const secret = "token=hunter2"
	rows := []struct {
		name   string
		base   http.RoundTripper
		want   any
		status any
		code   codes.Code
	}{
		{"100 and up to 399 is none", answers(304), nil, int64(304), codes.Unset},
		{"400 is one", answers(404), "404", int64(404), codes.Error},
		{"500 is one", answers(503), "503", int64(503), codes.Error},
		{"and so is a status beyond", answers(700), "700", int64(700), codes.Error},
		{"a refused connection", fails(fmt.Errorf("%s: %w", secret, syscall.ECONNREFUSED)), "refused", nil, codes.Error},
		{"a connection that broke", fails(io.ErrUnexpectedEOF), "reset", nil, codes.Error},
		{"a timeout", fails(timeoutError{errors.New(secret)}), "timeout", nil, codes.Error},
		{"an error without a name", fails(errors.New(secret)), "*errors.errorString", nil, codes.Error},
		{"neither response nor error", fails(nil), "_OTHER", nil, codes.Error},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newSpans()
			resp, _ := s.around(row.base).RoundTrip(newRequest(t, things))
			if resp != nil {
				_ = resp.Body.Close()
			}
			span := s.only(t)
			if got := told(span); got["error.type"] != row.want || got["http.response.status_code"] != row.status {
				t.Errorf("got error.type %v and status %v, want %v and %v",
					got["error.type"], got["http.response.status_code"], row.want, row.status)
			}
			if span.Status.Code != row.code || span.Status.Description != "" {
				t.Errorf("got status %s %q, want %s and no text", span.Status.Code, span.Status.Description, row.code)
			}
			if text := fmt.Sprint(span); strings.Contains(text, secret) {
				t.Errorf("got the text of the error in %s, want none", text)
			}
		})
	}
}

// hang waits for the end of its context, and returns what it ended with.
var hang = trip.Func(func(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req)
	<-req.Context().Done()
	return nil, context.Cause(req.Context())
})

func TestMiddleware_TellsTheEndsOfTimeApart(t *testing.T) {
	t.Parallel()
	errOwn := errors.New("shutting down")
	rows := []struct {
		name string
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		opts []transport.Option
		want any
		code codes.Code
	}{
		{"the caller's cancellation is no error", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, nil, nil, codes.Unset},
		{"nor is one with a cause", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Second, func() { cancel(errOwn) })
			return ctx, func() { cancel(nil) }
		}, nil, nil, codes.Unset},
		{"the caller's deadline is one", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, nil, "deadline", codes.Error},
		{"a limit is another", context.WithCancel, []transport.Option{transport.WithAttemptTimeout(time.Second)}, "timeout", codes.Error},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSpans()
				stack := newStack(t, hang, append(row.opts, transport.WithoutRetry(),
					transport.WithPerAttempt(surefoototel.Middleware(s.options()...)))...)
				ctx, cancel := row.ctx(t.Context())
				defer cancel()
				if _, err := send(t, stack, newRequest(t, things).WithContext(ctx)); err == nil {
					t.Error("got no error, want one")
				}
				span := s.only(t)
				if got := told(span)["error.type"]; got != row.want || span.Status.Code != row.code {
					t.Errorf("got %v and status %s, want %v and %s", got, span.Status.Code, row.want, row.code)
				}
				if took := span.EndTime.Sub(span.StartTime); took != time.Second {
					t.Errorf("got %s, want a second", took)
				}
			})
		})
	}
}

func TestMiddleware_MarksHedgesAndLosers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSpans()
		hedger, err := hedge.New(hedge.WithDelay(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		quick := answers(200)
		rt := hedger.Wrap(s.around(trip.Func(func(req *http.Request) (*http.Response, error) {
			if hedge.Is(req.Context()) {
				return quick.RoundTrip(req)
			}
			return hang(req)
		})))
		if status, err := send(t, rt, newRequest(t, things)); status != 200 || err != nil {
			t.Fatalf("got %d, %v, want 200", status, err)
		}
		synctest.Wait()
		got := s.memory.GetSpans()
		if len(got) != 2 {
			t.Fatalf("got %d spans, want 2", len(got))
		}
		winner, loser := told(got[0]), told(got[1])
		if winner["surefoot.hedge"] != true || winner["http.request.resend_count"] != int64(1) || winner["surefoot.lost"] != nil {
			t.Errorf("got %v, want a hedge, sent as the second", winner)
		}
		if loser["surefoot.lost"] != true || loser["surefoot.hedge"] != nil || loser["error.type"] != nil || got[1].Status.Code != codes.Unset {
			t.Errorf("got %v and status %s, want one that has lost, without an error", loser, got[1].Status.Code)
		}
	})
}

func TestMiddleware_CountsRedirectsAsResends(t *testing.T) {
	t.Parallel()
	s := newSpans()
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		resp, err := answers(200).RoundTrip(req)
		if req.URL.Path == "/things" {
			resp.StatusCode, resp.Header = http.StatusFound, http.Header{"Location": {"/others"}}
		}
		return resp, err
	})
	client := &http.Client{Transport: newStack(t, base, transport.WithPerAttempt(surefoototel.Middleware(s.options()...)))}
	resp, err := client.Do(newRequest(t, things))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	got := s.memory.GetSpans()
	if len(got) != 2 || told(got[0])["http.request.resend_count"] != nil || told(got[1])["http.request.resend_count"] != int64(1) {
		t.Errorf("got %v, want two, and the second resent once", got)
	}
}

// A span must not stay open when a layer beneath panics.
func TestMiddleware_EndsTheSpanOfAPanic(t *testing.T) {
	t.Parallel()
	s := newSpans()
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("got panic %v, want the base's own", got)
			}
		}()
		_, _ = send(t, s.around(trip.Func(func(*http.Request) (*http.Response, error) {
			panic("boom")
		})), newRequest(t, things))
	}()
	if span := s.only(t); told(span)["error.type"] != "panic" || span.Status.Code != codes.Error {
		t.Errorf("got %v, want an error", told(span))
	}
}

// The span ends at the headers, however long somebody reads the body.
func TestMiddleware_LeavesTheResponseAlone(t *testing.T) {
	t.Parallel()
	type conn struct{ io.ReadWriteCloser } // the body of a 101
	body := &conn{}
	s, given := newSpans(), &http.Response{StatusCode: 101, Body: body, Header: http.Header{}}
	resp, err := s.around(trip.Func(func(req *http.Request) (*http.Response, error) {
		given.Request = req
		return given, nil
	})).RoundTrip(newRequest(t, things))
	if err != nil || resp != given || resp.Body != body {
		t.Errorf("got %v, %v, want the very response with its body", resp, err)
	}
	s.only(t)
}

func TestMiddleware_WritesToACopyOnly(t *testing.T) {
	t.Parallel()
	s, base := newSpans(), answers(200)
	req := newRequest(t, things)
	req.Header.Set("Traceparent", "the caller's")
	header, ctx := req.Header.Clone(), req.Context()
	rt := s.around(base)
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if !reflect.DeepEqual(req.Header, header) || req.Context() != ctx {
		t.Errorf("got %v, want the caller's request as it was", req.Header)
	}
	if got := base.got[0].Header.Get("Traceparent"); got == "the caller's" || got == "" {
		t.Errorf("got %q, want the span's context", got)
	}
	if resp.Request != req {
		t.Error("got the copy in the response, want the caller's request")
	}
}

// Without a propagator there is nothing to write, and nothing is copied.
func TestMiddleware_CopiesNoHeadersForNothing(t *testing.T) {
	t.Parallel()
	s, base := newSpans(), answers(200)
	rt := s.around(base, surefoototel.WithPropagator(propagation.NewCompositeTextMapPropagator()))
	req := newRequest(t, things)
	req.Header.Set("A", "b")
	_, _ = send(t, rt, req)
	if reflect.ValueOf(base.got[0].Header).Pointer() != reflect.ValueOf(req.Header).Pointer() {
		t.Error("got a copy of the headers, want the caller's")
	}
}

func TestMiddleware_BearsRequestsThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, req := range []*http.Request{
		{},
		{Method: http.MethodGet, Header: http.Header{}},
		{URL: &url.URL{Scheme: "gopher", Host: "example.com"}, Header: http.Header{}},
		{URL: &url.URL{}},
	} {
		s := newSpans()
		base := &http.Transport{}
		if _, err := send(t, s.around(base, surefoototel.WithURLScheme()), req.WithContext(t.Context())); err == nil {
			t.Errorf("%v: got no error, want that of the base", req.URL)
		}
		if got := told(s.only(t))["error.type"]; got != "request" {
			t.Errorf("%v: got %v, want request", req.URL, got)
		}
	}
}

func TestMiddleware_IsSeenThrough(t *testing.T) {
	t.Parallel()
	base := &closer{}
	rt := surefoototel.Middleware(nil, surefoototel.WithTracerProvider(nil), surefoototel.WithPropagator(nil))(base)
	if trip.Base(rt) != http.RoundTripper(base) {
		t.Error("got another base, want the one beneath")
	}
	trip.CloseIdle(rt)
	if base.closed != 1 {
		t.Errorf("got %d calls, want 1", base.closed)
	}
	if trip.Base(surefoototel.Middleware()(nil)) != http.DefaultTransport {
		t.Error("got another base, want the default one")
	}
}

type closer struct {
	http.RoundTripper
	closed int
}

func (c *closer) CloseIdleConnections() { c.closed++ }

// names returns those of spans, for messages.
func names(list tracetest.SpanStubs) []string {
	var all []string
	for _, s := range list {
		all = append(all, s.Name)
	}
	return all
}
