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

func TestOf_IsWhereTheRequestGoes(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		url  string
		want string
	}{
		{"a host", "https://example.com/a?b=c", "https://example.com"},
		{"the port of https is left out", "https://example.com:443/", "https://example.com"},
		{"the port of http is left out", "http://example.com:80/", "http://example.com"},
		{"the port of the other scheme is kept", "http://example.com:443/", "http://example.com:443"},
		{"another port is kept", "https://example.com:8443/", "https://example.com:8443"},
		{"a port that only ends in the scheme's own is kept", "https://example.com:1443/", "https://example.com:1443"},
		{"capitals", "HTTPS://API.Example.COM:443/A", "https://api.example.com"},
		{"a port that is empty", "https://example.com:/", "https://example.com"},
		{"an empty port of another scheme is kept", "unix://socket:/", "unix://socket:"},
		{"a dot at the end is another host", "https://example.com./", "https://example.com."},
		{"capitals of an IPv6 host", "http://[FE80::A]:80/", "http://[fe80::a]"},
		{"a zone is kept, as the name of an interface", "http://[FE80::A%25Eth0]:8080/", "http://[fe80::a%Eth0]:8080"},
		{"a zone alone has capitals", "http://[fe80::a%25Eth0]/", "http://[fe80::a%Eth0]"},
		{"what is no ASCII is kept", "https://BÜCHER.example/", "https://bÜcher.example"},
		{"an IPv6 host", "http://[::1]:8080/", "http://[::1]:8080"},
		{"an IPv6 host with the scheme's own port", "https://[2001:db8::1]:443/", "https://[2001:db8::1]"},
		{"an IPv6 host that ends in 443", "https://[2001:db8::443]/", "https://[2001:db8::443]"},
		{"an IPv6 address that is written in full is a key of its own", "http://[0:0:0:0:0:0:0:1]/", "http://[0:0:0:0:0:0:0:1]"},
		{"a password is left out", "https://user:secret@example.com/", "https://example.com"},
		{"another scheme", "unix://socket:80/", "unix://socket:80"},
		{"no scheme", "//example.com:443/", "example.com:443"},
		{"nothing", "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(row.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := keyed.Of(nil, &http.Request{URL: u}).String(); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Url.Parse makes a scheme lower case; who builds one by hand may not.
func TestOf_KnowsASchemeInCapitals(t *testing.T) {
	t.Parallel()
	req := &http.Request{URL: &url.URL{Scheme: "Https", Host: "example.com:443"}}
	if got, want := keyed.Of(nil, req).String(), "https://example.com"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOf_IsEmptyWithoutAURL(t *testing.T) {
	t.Parallel()
	if got := keyed.Of(nil, &http.Request{}); got != (keyed.Key{}) || got.String() != "" {
		t.Errorf("got %+v, want the empty key", got)
	}
}

func TestOf_AsksTheUsersFunction(t *testing.T) {
	t.Parallel()
	tenant := func(req *http.Request) string { return req.Header.Get("Tenant") }
	req := &http.Request{Header: http.Header{"Tenant": {"acme:443"}}}
	if got := keyed.Of(tenant, req); got.String() != "acme:443" {
		t.Errorf("got %q, want the function's answer as it is", got)
	}
	empty := func(*http.Request) string { return "" }
	if got := keyed.Of(empty, req); got != (keyed.Key{}) {
		t.Errorf("got %q, want the empty key", got)
	}
}

func TestOf_CutsWhatIsTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 513)
	want := long[:512]
	if got := keyed.Of(func(*http.Request) string { return long }, nil).Host; got != want {
		t.Errorf("got %d bytes of the function's answer, want 512", len(got))
	}
	req := &http.Request{URL: &url.URL{Scheme: long, Host: long}}
	if got := keyed.Of(nil, req); got.Host != want || got.Scheme != want {
		t.Errorf("got %d and %d bytes, want 512 of each", len(got.Scheme), len(got.Host))
	}
	if got := keyed.Of(func(*http.Request) string { return want }, nil).Host; got != want {
		t.Errorf("got %d bytes of 512, want all", len(got))
	}
}

func TestOf_AllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	req := &http.Request{URL: &url.URL{Scheme: "https", Host: "example.com:443"}}
	if got := testing.AllocsPerRun(100, func() { _ = keyed.Of(nil, req) }); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
