// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package otelhttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

// A recorder keeps the spans of a call. It is a trace.SpanProcessor.
type recorder struct {
	mu    sync.Mutex
	spans []trace.ReadOnlySpan
	ended chan struct{} // closed and made anew whenever one ends
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans, r.ended = nil, make(chan struct{})
}

// OnStart is the processor's.
func (r *recorder) OnStart(_ context.Context, span trace.ReadWriteSpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = append(r.spans, span)
}

// OnEnd is the processor's.
func (r *recorder) OnEnd(trace.ReadOnlySpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.ended)
	r.ended = make(chan struct{})
}

// Shutdown is the processor's.
func (r *recorder) Shutdown(context.Context) error { return nil }

// ForceFlush is the processor's.
func (r *recorder) ForceFlush(context.Context) error { return nil }

// wait returns the spans once all have ended: that of an attempt whose answer
// was discarded ends when it was drained.
func (r *recorder) wait(ctx context.Context) ([]trace.ReadOnlySpan, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		r.mu.Lock()
		spans, ended := slices.Clone(r.spans), r.ended
		r.mu.Unlock()
		if !slices.ContainsFunc(spans, func(s trace.ReadOnlySpan) bool { return s.EndTime().IsZero() }) {
			return spans, nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return nil, errors.New("a span never ends")
		}
	}
}

// A counter keeps what each attempt told the server of its span.
type counter struct {
	next    http.RoundTripper
	mu      sync.Mutex
	parents []string
}

func (c *counter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parents = nil
}

// RoundTrip is net/http's.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.parents = append(c.parents, req.Header.Get("Traceparent"))
	c.mu.Unlock()
	return c.next.RoundTrip(req)
}

// check sees to it that there is one span for the call, with the status that the
// caller got, and in it one for each attempt, which is the server's parent.
func (s *session) check(ctx context.Context, status int) error {
	spans, err := s.spans.wait(ctx)
	if err != nil {
		return fmt.Errorf("spans: %w", err)
	}
	s.base.mu.Lock()
	parents := slices.Clone(s.base.parents)
	s.base.mu.Unlock()
	if len(spans) != len(parents)+1 || len(parents) == 0 {
		return fmt.Errorf("spans: %d for a call with %d attempts", len(spans), len(parents))
	}
	call := spans[0]
	if call.SpanKind() != api.SpanKindInternal || call.Parent().IsValid() {
		return fmt.Errorf("spans: the first is a %s", call.SpanKind())
	}
	if got := answered(call); got != status {
		return fmt.Errorf("spans: status %d on that of the call, which had %d", got, status)
	}
	for i, attempt := range spans[1:] {
		id := attempt.SpanContext().SpanID()
		switch {
		case attempt.SpanKind() != api.SpanKindClient:
			return fmt.Errorf("spans: attempt %d is a %s", i+1, attempt.SpanKind())
		case attempt.Parent().SpanID() != call.SpanContext().SpanID():
			return fmt.Errorf("spans: attempt %d is not in the call", i+1)
		case !strings.Contains(parents[i], id.String()):
			return fmt.Errorf("spans: attempt %d told the server %q, and is %s", i+1, parents[i], id)
		}
	}
	if got := answered(spans[len(spans)-1]); got != status {
		return fmt.Errorf("spans: status %d on the last attempt, of a call that had %d", got, status)
	}
	return nil
}

// answered is the status on a span, or 0.
func answered(span trace.ReadOnlySpan) int {
	for _, a := range span.Attributes() {
		if a.Key == attribute.Key("http.response.status_code") {
			return int(a.Value.AsInt64())
		}
	}
	return 0
}
