// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

func TestMap_ForIsTheEntryOfTheKey(t *testing.T) {
	t.Parallel()
	tenant := func(req *http.Request) string { return req.URL.Host }
	long := "https://" + strings.Repeat("a", 600)
	for _, fn := range []func(*http.Request) string{nil, tenant} {
		m := keyed.New[int](100, nil, nil)
		// Each twice, so that the second look-up finds what the first has made.
		for range 2 {
			for _, raw := range []string{
				"https://example.com:443", "https://example.com", "https://example.com:8443", "http://example.com:80",
				"https://Example.COM", "https://example.com:", "http://[FE80::1%25Eth0]:80",
				"http://example.com", "http://example.com:443", "//example.com", "", long,
			} {
				u, err := url.Parse(raw)
				if err != nil {
					t.Fatal(err)
				}
				req := &http.Request{URL: u}
				if got, want := m.For(fn, req), m.Get(keyed.Of(fn, req)); got != want {
					t.Errorf("%q: got the entry of %q, want that of %q", raw, got.Name, want.Name)
				}
			}
		}
		if got := m.For(fn, &http.Request{URL: &url.URL{Host: "new"}}); got == nil || got != m.Get(keyed.Key{Host: "new"}) {
			t.Errorf("got %v, want a new entry that stays", got)
		}
	}
	m := keyed.New[int](100, nil, nil)
	if got := m.For(nil, new(http.Request)); got != m.Get(keyed.Key{}) {
		t.Errorf("got %v, want the entry of the empty key for a request without a URL", got)
	}
}
