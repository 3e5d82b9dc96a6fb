// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"context"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/surefoot-go/surefoot/hedge"
)

// An attempt is one that is under way, and its span.
type attempt struct {
	shared  *attempts
	req     *http.Request // the copy that is sent
	span    trace.Span
	started time.Time
	labels  labels
	ended   bool
}

// start begins a span and makes the request that goes on.
func (t *attempts) start(req *http.Request) attempt {
	sent, told := t.method(req.Method)
	a := attempt{shared: t, started: time.Now(), labels: labels{method: told, template: t.templateOf(req)}}
	to := placeOf(req)
	a.labels.target = t.targets.of(to)
	if t.scheme && req.URL != nil {
		a.labels.scheme = valid(strings.Clone(req.URL.Scheme)) // it may be a part of the whole URL
	}
	ctx, span := t.tracer.Start(req.Context(), a.name(),
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(a.started),
		trace.WithAttributes(a.attributes(req, sent, to)...))
	a.span, a.req = span, req.WithContext(ctx)
	return a
}

// name never holds a path, of which there can be any number.
func (a *attempt) name() string {
	method := a.labels.method
	if method == other {
		method = "HTTP"
	}
	if a.labels.template == "" {
		return method
	}
	return method + " " + a.labels.template
}

// attributes are those that are known at the start, so that a sampler sees
// them.
func (a *attempt) attributes(req *http.Request, sent string, to place) []attribute.KeyValue {
	list := make([]attribute.KeyValue, 0, 9)
	list = append(list, semconv.HTTPRequestMethodKey.String(a.labels.method))
	if sent != a.labels.method {
		list = append(list, semconv.HTTPRequestMethodOriginal(sent))
	}
	goal := a.labels.target
	if goal == a.shared.targets.rest {
		goal = to.target() // a span is not counted by its attributes
	}
	list = append(list, goal.attributes...)
	if req.URL != nil {
		list = append(list, semconv.URLFull(a.shared.fullURL(req.URL)))
	}
	if a.labels.scheme != "" {
		list = append(list, semconv.URLScheme(a.labels.scheme))
	}
	if a.labels.template != "" {
		list = append(list, semconv.URLTemplate(a.labels.template))
	}
	if n := resends(req); n > 0 {
		list = append(list, semconv.HTTPRequestResendCount(n))
	}
	if hedge.Is(req.Context()) {
		list = append(list, hedgeAttribute.Bool(true))
	}
	return list
}

// finish ends the span with the outcome of the attempt.
func (a *attempt) finish(resp *http.Response, err error) {
	switch {
	case err != nil:
		a.labels.errorType = errorType(0, err, reasonOf(a.req, err))
		if context.Cause(a.req.Context()) == hedge.ErrLost { //nolint:errorlint // the very same
			a.span.SetAttributes(lostAttribute.Bool(true))
		}
	case resp != nil:
		a.labels.status, a.labels.version = resp.StatusCode, protocolVersion(resp)
		a.labels.errorType = errorType(resp.StatusCode, nil, 0)
	default: // a base that breaks the contract
		a.labels.errorType = other
	}
	a.end()
}

// abandon ends the span of an attempt that did not return.
func (a *attempt) abandon() {
	if !a.ended {
		a.labels.errorType = "panic"
		a.end()
	}
}

// end measures what the span says, to the same instant.
func (a *attempt) end() {
	a.ended = true
	now := time.Now()
	if a.span.IsRecording() {
		a.describe()
	}
	a.span.End(trace.WithTimestamp(now))
	ctx := a.req.Context()
	if t := a.shared; t.duration.Enabled(ctx) {
		t.duration.Float64Histogram.Record(ctx, now.Sub(a.started).Seconds(), t.options.of(a.labels).record...)
	}
}

// describe tells the span what came of the attempt.
func (a *attempt) describe() {
	list := make([]attribute.KeyValue, 0, 3)
	if a.labels.status != 0 {
		list = append(list, semconv.HTTPResponseStatusCode(a.labels.status))
	}
	if a.labels.version != "" {
		list = append(list, semconv.NetworkProtocolVersion(a.labels.version))
	}
	if a.labels.errorType != "" {
		list = append(list, semconv.ErrorTypeKey.String(a.labels.errorType))
		a.span.SetStatus(codes.Error, "") // a text could hold anything
	}
	a.span.SetAttributes(list...)
}
