// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"net/url"
	"testing"

	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
)

func TestMiddleware_RedactsURLs(t *testing.T) {
	t.Parallel()
	const host = "https://h.example"
	rows := []struct{ name, url, want string }{
		{"nothing to hide", host + "/a?b=c&d=%41&&e#f", host + "/a?b=c&d=%41&&e#f"},
		{"user and password", "https://me:hunter2@h.example/a", "https://REDACTED:REDACTED@h.example/a"},
		{"a user alone", "https://me@h.example/a", "https://REDACTED@h.example/a"},
		{"an empty password", "https://me:@h.example/a", "https://REDACTED:REDACTED@h.example/a"},
		{"sig", host + "/?color=blue&sig=abc", host + "/?color=blue&sig=REDACTED"},
		{"the first of many", host + "/?sig=abc&color=%62lue&x", host + "/?sig=REDACTED&color=%62lue&x"},
		{"each time", host + "/?sig=a&sig=b", host + "/?sig=REDACTED&sig=REDACTED"},
		{"a value with a sign in it", host + "/?sig=a=b==", host + "/?sig=REDACTED"},
		{"a name with escapes", host + "/?%73ig=abc", host + "/?%73ig=REDACTED"},
		{"no value, nothing to hide", host + "/?sig=&sig", host + "/?sig=&sig"},
		{"X-Goog-Signature", host + "/?X-Goog-Signature=a", host + "/?X-Goog-Signature=REDACTED"},
		{"X-Amz-Signature", host + "/?X-Amz-Signature=a", host + "/?X-Amz-Signature=REDACTED"},
		{"X-Amz-Credential", host + "/?X-Amz-Credential=a", host + "/?X-Amz-Credential=REDACTED"},
		{"X-Amz-Security-Token", host + "/?X-Amz-Security-Token=a", host + "/?X-Amz-Security-Token=REDACTED"},
		{"AWSAccessKeyId", host + "/?AWSAccessKeyId=a", host + "/?AWSAccessKeyId=REDACTED"},
		{"Signature", host + "/?Signature=a", host + "/?Signature=REDACTED"},
		{"what the option names", host + "/?api_key=a&b=c", host + "/?api_key=REDACTED&b=c"},
		{"and the next", host + "/?token=a&b=c", host + "/?token=REDACTED&b=c"},
		{"another case is another name", host + "/?SIG=a", host + "/?SIG=a"},
		{"all at once", "https://me:pw@h.example/?sig=a&b=c#d", "https://REDACTED:REDACTED@h.example/?sig=REDACTED&b=c#d"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s, req := newSpans(), newRequest(t, row.url)
			rt := s.around(answers(200), surefoototel.WithRedactedQuery("api_key"), surefoototel.WithRedactedQuery("token"))
			if _, err := send(t, rt, req); err != nil {
				t.Fatal(err)
			}
			if got := told(s.only(t))["url.full"]; got != row.want {
				t.Errorf("got %v, want %s", got, row.want)
			}
			if got := req.URL.String(); got != row.url {
				t.Errorf("got %s in the request, want it as it was", got)
			}
		})
	}
}

func TestMiddleware_RedactsOpaqueURLs(t *testing.T) {
	t.Parallel()
	rows := []struct{ opaque, want string }{
		{"//me:pw@h.example/a@b", "https://REDACTED@h.example/a@b"},
		{"//me:pw@h.example", "https://REDACTED@h.example"},
		{"//h.example/a?X-Amz-Signature=abc&b=c", "https://h.example/a?X-Amz-Signature=REDACTED&b=c"},
		{"//h.example/a@b", "https://h.example/a@b"},
		{"/a%2Fb", "https:/a%2Fb"},
	}
	for _, row := range rows {
		s, req := newSpans(), newRequest(t, things)
		req.URL = &url.URL{Scheme: "https", Host: "h.example", Opaque: row.opaque}
		if _, err := send(t, s.around(answers(200)), req); err != nil {
			t.Fatal(err)
		}
		if got := told(s.only(t))["url.full"]; got != row.want {
			t.Errorf("%s: got %v, want %s", row.opaque, got, row.want)
		}
	}
}
