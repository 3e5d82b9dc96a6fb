// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/surefoot-go/surefoot/limit"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
)

// An exporter refuses all that is sent with one text that is not UTF-8.
func TestTexts_AreUTF8(t *testing.T) {
	t.Parallel()
	s, n := newSpans(), newNumbers()
	o := newObserver(t, n)
	stack := newStack(t, answers(503), atOnce, transport.WithObserver(o),
		transport.WithKey(func(*http.Request) string { return "tenant \xff" }),
		transport.WithPerAttempt(surefoototel.Middleware(s.options()...)))
	if _, err := o.Watch(stack); err != nil {
		t.Fatal(err)
	}
	req := newRequest(t, things)
	req.URL.RawQuery = "q=\xff"
	_, _ = send(t, stack, req)
	check := func(where string, attributes map[string]any) {
		for name, value := range attributes {
			if text, ok := value.(string); ok && !utf8.ValidString(text) {
				t.Errorf("%s: got %s %q, want UTF-8", where, name, text)
			}
		}
	}
	for _, span := range s.memory.GetSpans() {
		check("span", told(span))
	}
	for name, m := range n.collect(t) {
		for _, p := range points(t, m) {
			check(name, p.attributes)
		}
	}
}

// A stack without circuits has no state of one to tell.
func TestWatch_TellsOfNoCircuitWhereThereIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNumbers()
		o := newObserver(t, n)
		stack := newStack(t, answers(503), atOnce, transport.WithoutBreaker(), transport.WithLimit(limit.WithMaxInFlight(3)))
		if _, err := o.Watch(stack); err != nil {
			t.Fatal(err)
		}
		_, _ = send(t, stack, newRequest(t, things))
		synctest.Wait() // discarded bodies keep their places until they are closed
		told := n.collect(t)
		if got := points(t, told["surefoot.circuit.state"]); len(got) != 0 {
			t.Errorf("got circuits %v, want none", got)
		}
		if got := points(t, told["surefoot.limit.attempts"]); len(got) != 1 || got[0].value != 3.0 {
			t.Errorf("got limits %v, want one of 3", got)
		}
		if got := points(t, told["surefoot.limit.in_flight"]); len(got) != 1 || got[0].value != 0.0 {
			t.Errorf("got in flight %v, want one of 0", got)
		}
	})
}
