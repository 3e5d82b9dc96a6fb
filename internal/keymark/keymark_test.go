// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keymark_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/surefoot-go/surefoot/internal/keymark"
)

func TestFirst_SkipsWhatIsBlank(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		values []string
		want   string
	}{
		{"no list", nil, ""},
		{"an empty list", []string{}, ""},
		{"blank ones", []string{"", " \t"}, ""},
		{"a key", []string{"k1"}, "k1"},
		{"a key after a blank one", []string{" ", "k1", "k2"}, "k1"},
		{"a key as it stands", []string{" k1 "}, " k1 "},
	} {
		if got := keymark.First(tt.values); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func newRequest(ctx context.Context, t *testing.T, header http.Header) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://example.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	return req
}

func TestCarried_IsOfTheRequestAndNotOfTheContextAlone(t *testing.T) {
	t.Parallel()
	type other struct{}
	outer := context.WithValue(t.Context(), other{}, "kept")
	plain := newRequest(outer, t, http.Header{"X-Request-Id": {"k1"}})
	if keymark.Carried(plain) {
		t.Error("got true for a context that tells of no key, want false")
	}
	req := keymark.With(plain, http.Header{"X-Request-Id": {"k1"}, "A": {"b"}}, "X-Request-Id", "k1")
	if !keymark.Carried(req) || req.Header.Get("A") != "b" || plain.Header.Get("A") != "" {
		t.Errorf("got %v and headers %v and %v, want a copy with a map of its own", keymark.Carried(req), req.Header, plain.Header)
	}
	if req.Context().Value(other{}) != "kept" || plain.Context() != outer {
		t.Error("got another context, want the caller's with one thing more")
	}
	for name, header := range map[string]http.Header{
		"another key":      {"X-Request-Id": {"k2"}},
		"another header":   {"X-Other": {"k1"}},
		"an empty list":    {"X-Request-Id": {}},
		"no header map":    nil,
		"no header at all": {},
	} {
		if keymark.Carried(newRequest(req.Context(), t, header)) {
			t.Errorf("%s: got true, want false", name)
		}
	}
}
