// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/observe"
)

func TestNew_NamesEveryMistake(t *testing.T) {
	t.Parallel()
	keys, err := idempotency.New(
		idempotency.WithFormat(7),
		idempotency.WithHeader("a b"),
		idempotency.WithMethods("", "PO ST", http.MethodPost),
		idempotency.WithGenerator(nil),
		nil,
	)
	if keys != nil {
		t.Error("got a value beside an error, want nil")
	}
	want := []string{
		"idempotency: WithFormat: format(7): the format must be Bare or Quoted",
		"idempotency: WithHeader: \"a b\": the name of a header must be a token",
		"idempotency: WithMethods: \"\": a method must be a token",
		"idempotency: WithMethods: \"PO ST\": a method must be a token",
		"idempotency: WithGenerator: <nil>: the function must not be nil",
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var mistake *idempotency.ConfigError
	if !errors.As(err, &mistake) || mistake.Option != "WithFormat" {
		t.Errorf("got %v, want a *ConfigError within", err)
	}
	for name, opt := range map[string]idempotency.Option{
		"no method":         idempotency.WithMethods(),
		"an empty header":   idempotency.WithHeader(""),
		"a header not sent": idempotency.WithHeader("Schlüssel"),
	} {
		if _, err := idempotency.New(opt); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
}

func TestWithMethods_TakesACopy(t *testing.T) {
	t.Parallel()
	methods := []string{http.MethodPost}
	opt := idempotency.WithMethods(methods...)
	methods[0] = "CHANGED"
	req := request(t.Context(), t, http.MethodPost, http.Header{})
	if sent := send(t, req, opt); sent == req {
		t.Error("got no key, want the methods as they were given")
	}
}

func TestWithGenerator_IsCheckedAtUse(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		key  string
		want string // the header's value in quotes, or nothing
	}{
		{"a key of one character is sent", "k", `"k"`},
		{"a key of 255 characters is sent", strings.Repeat("k", 255), `"` + strings.Repeat("k", 255) + `"`},
		{"quotes and backslashes are escaped", `a"b\c`, `"a\"b\\c"`},
		{"all of visible ASCII is sent", "!#~", `"!#~"`},
		{"a key of 256 characters is not sent", strings.Repeat("k", 256), ""},
		{"a key with a space is not sent", "a b", ""},
		{"a key with a line break is not sent", "a\r\nEvil: yes", ""},
		{"a key beyond ASCII is not sent", "schlüssel", ""},
		{"a key with DEL is not sent", "a\x7f", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var events []observe.Event
			req := request(t.Context(), t, http.MethodPost, http.Header{})
			sent := send(t, req,
				idempotency.WithFormat(idempotency.Quoted),
				idempotency.WithGenerator(func() string { return row.key }),
				idempotency.WithObserver(observe.Func(func(e observe.Event) { events = append(events, e) })))
			if got := sent.Header.Get("Idempotency-Key"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			kind := observe.KeyAssigned
			if row.want == "" {
				kind = observe.Misconfigured
				if sent != req {
					t.Error("got a copy of the request, want the caller's own")
				}
			}
			if len(events) != 1 || events[0].Kind != kind {
				t.Errorf("got events %v, want one of kind %v", events, kind)
			}
		})
	}
}

func TestWithObserver_IsToldOfACallButNotOfItsKey(t *testing.T) {
	t.Parallel()
	var events []observe.Event
	opts := []idempotency.Option{
		idempotency.WithGenerator(fixed),
		idempotency.WithObserver(observe.Func(func(e observe.Event) { events = append(events, e) })),
	}
	req := request(t.Context(), t, http.MethodPost, http.Header{})
	send(t, req, opts...)
	send(t, request(t.Context(), t, http.MethodGet, http.Header{}), opts...)
	send(t, request(t.Context(), t, http.MethodPost, http.Header{}),
		idempotency.WithGenerator(func() string { return "" }), opts[1])
	want := observe.Event{Kind: observe.KeyAssigned, Context: req.Context(), Method: http.MethodPost}
	if len(events) != 1 || events[0] != want {
		t.Errorf("got %+v, want %+v and nothing else", events, want)
	}
}

func TestWithObserver_MayPanic(t *testing.T) {
	t.Parallel()
	send(t, request(t.Context(), t, http.MethodPost, http.Header{}),
		idempotency.WithObserver(observe.Func(func(observe.Event) { panic("boom") })))
}

func TestFormat_HasAName(t *testing.T) {
	t.Parallel()
	for format, want := range map[idempotency.Format]string{
		idempotency.Bare: "bare", idempotency.Quoted: "quoted", 9: "format(9)",
	} {
		if got := format.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
