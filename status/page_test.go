// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

func TestPage_WithoutKeys(t *testing.T) {
	t.Parallel()
	for name, stack := range map[string]*transport.Transport{"a new stack": newStack(t, &network{}), "no stack": nil} {
		p := newPage(t, stack, nil, status.WithControls(), status.WithName("shop"))
		body := read(t, ask(t, p, "GET", "", ""))
		for _, want := range []string{"No call was made yet.", "Nothing yet.", "<title>shop – surefoot</title>", "</html>"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: got no %q", name, want)
			}
		}
		if r := report(t, p, ""); r.Keys == nil || len(r.Keys) != 0 || r.Feed == nil || r.Layers == nil || r.Pages != 1 || r.Name != "shop" {
			t.Errorf("%s: got %+v, want an empty report", name, r)
		}
		if resp := ask(t, p, "POST", "", "action=reset&key=a"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", name, resp.StatusCode)
		}
	}
}

func TestPage_Methods(t *testing.T) {
	t.Parallel()
	plain, controlled := newPage(t, nil), newPage(t, nil, status.WithControls())
	rows := []struct {
		name   string
		page   *status.Page
		method string
		query  string
		want   int
		allow  string
	}{
		{"GET", plain, "GET", "", 200, ""},
		{"HEAD", plain, "HEAD", "", 200, ""},
		{"HEAD of the feed does not wait", plain, "HEAD", "?format=events", 200, ""},
		{"GET of JSON", plain, "GET", "?format=json", 200, ""},
		{"GET of HTML", plain, "GET", "?format=html", 200, ""},
		{"GET of something else", plain, "GET", "?format=xml", 400, ""},
		{"POST", plain, "POST", "", 405, "GET, HEAD"},
		{"PUT", plain, "PUT", "", 405, "GET, HEAD"},
		{"OPTIONS", plain, "OPTIONS", "", 405, "GET, HEAD"},
		{"PUT with controls", controlled, "PUT", "", 405, "GET, HEAD, POST"},
		{"DELETE with controls", controlled, "DELETE", "", 405, "GET, HEAD, POST"},
		{"POST with controls, of nothing", controlled, "POST", "", 400, ""},
	}
	for _, row := range rows {
		resp := ask(t, row.page, row.method, row.query, "")
		if resp.StatusCode != row.want || resp.Header.Get("Allow") != row.allow {
			t.Errorf("%s: got status %d, Allow %q, want %d, %q", row.name, resp.StatusCode, resp.Header.Get("Allow"), row.want, row.allow)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Referrer-Policy") != "same-origin" || resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: got headers %v, want those that keep it safe", row.name, resp.Header)
		}
	}
}

var inline = regexp.MustCompile("(?s)<(style|script)>(.*?)</(style|script)>")

// The policy lets through what is on the page, and nothing else.
func TestPage_Policy(t *testing.T) {
	t.Parallel()
	p := newPage(t, newStack(t, &network{}), status.WithControls())
	p.Tell(finished("https://a.test", 503))
	resp := ask(t, p, "GET", "", "")
	policy, body := resp.Header.Get("Content-Security-Policy"), read(t, resp)
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("got policy %q", policy)
	}
	for _, want := range []string{"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("got policy %q, want %s in it", policy, want)
		}
	}
	found := inline.FindAllStringSubmatch(body, -1)
	if len(found) != 2 {
		t.Fatalf("got %d inline parts, want a style and a script", len(found))
	}
	for _, part := range found {
		sum := sha256.Sum256([]byte(part[2]))
		if hash := part[1] + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) {
			t.Errorf("got policy %q, want %s in it", policy, hash)
		}
	}
	rest := inline.ReplaceAllString(body, "")
	for _, bad := range []string{" style=", " onclick=", " onload=", "javascript:", "<script", "src="} {
		if strings.Contains(rest, bad) {
			t.Errorf("got %q on the page, which the policy refuses", bad)
		}
	}
}

// A page that is closed is told nothing more, and shows what it knows.
func TestPage_Close(t *testing.T) {
	t.Parallel()
	stack := newStack(t, &network{})
	p := status.Handler(stack)
	send(t, stack, "https://a.test/", 3)
	p.Close()
	p.Close()
	send(t, stack, "https://a.test/", 3)
	if got := report(t, p, "").Totals.Recent.Succeeded; got != 3 {
		t.Errorf("got %d attempts, want the 3 before it was closed", got)
	}
	if resp := ask(t, p, "GET", "?format=events", ""); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got status %d for the feed, want 503", resp.StatusCode)
	}
}

func TestPage_HostileKeys(t *testing.T) {
	t.Parallel()
	keys := []string{
		"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "</style><script>alert(1)</script>",
		"{{.}}", "\xff\xfe\x00bad", strings.Repeat("k", 512), "javascript:alert(1)", "a\nb\r\nc", "&amp;&lt;", "",
	}
	at := 0
	stack := newStack(t, &network{}, transport.WithKey(func(*http.Request) string { return keys[at] }))
	p := newPage(t, stack, status.WithControls(), status.WithName("<b>\xff</b>"))
	for at = range keys {
		send(t, stack, "https://a.test/", 1)
		p.Tell(finished(keys[at], 503))
		p.Tell(observe.Event{
			Kind: observe.Rejected, Key: keys[at], Method: "<GET>", Reason: "<b>\xff",
			Detail: strings.Repeat("<script>alert(1)</script>", 100),
		})
	}
	body := inline.ReplaceAllString(read(t, ask(t, p, "GET", "?q=%3Cscript%3E&state=%3Cscript%3E", "")), "")
	body += inline.ReplaceAllString(read(t, ask(t, p, "GET", "?q=%ff", "")), "")
	body += inline.ReplaceAllString(read(t, ask(t, p, "GET", "", "")), "")
	for _, bad := range []string{"<script", "<img", "<b>", "'onmouse", "<GET>"} {
		if strings.Contains(body, bad) {
			t.Errorf("got %q on the page, want it escaped", bad)
		}
	}
	if strings.ToValidUTF8(body, "") != body {
		t.Error("got invalid UTF-8 on the page")
	}
	r := report(t, p, "")
	if len(r.Keys) != len(keys) {
		t.Errorf("got %d keys, want %d: %q", len(r.Keys), len(keys), names(r))
	}
	for _, k := range r.Keys { // an id leads back to the very key
		resp := ask(t, p, "POST", "", "action=force-open&id="+k.ID)
		if resp.StatusCode != http.StatusSeeOther && k.Key != "" {
			t.Errorf("%q: got status %d for its id, want 303", k.Key, resp.StatusCode)
		}
	}
	for _, k := range stack.Snapshot().Keys {
		if !k.Circuit.Forced && k.Key != "" {
			t.Errorf("%q: got it not forced", k.Key)
		}
	}
}

// What an event holds on top of names and numbers is nobody's business.
func TestPage_TellsNoSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	stack := newStack(t, &network{codes: map[string]int{"b.test": -1, "c.test": 500}})
	p := newPage(t, stack, status.WithControls())
	for kind := observe.KindNone; kind <= observe.Misconfigured+1; kind++ {
		e := finished("https://a.test", 503)
		e.Kind, e.Method, e.Err = kind, secret, errors.New(secret)
		p.Tell(e)
	}
	for _, host := range []string{"a", "b", "c"} {
		send(t, stack, "https://user:"+secret+"@"+host+".test/"+secret+"?token="+secret, 30)
	}
	for _, query := range []string{"", "?format=json", "?format=live"} {
		if body := read(t, ask(t, p, "GET", query, "")); strings.Contains(body, secret) {
			t.Errorf("%s: got the secret in %s", query, body)
		}
	}
}

// Whatever is asked for, there is an answer.
func FuzzPage(f *testing.F) {
	stack := newStack(f, &network{})
	send(f, stack, "https://a.test/", 1)
	p := newPage(f, stack, status.WithControls())
	f.Add("GET", "?q=a&state=open&page=2", "", "1-2")
	f.Add("POST", "?format=json", "action=reset&id=YQ", "")
	f.Add("HEAD", "?format=events", "%%%", "x-18446744073709551616")
	f.Add("GET", "?page=-9223372036854775808", "", "")
	f.Fuzz(func(t *testing.T, method, query, body, id string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://debug.test/", strings.NewReader(body))
		if err != nil {
			t.Skip("no request")
		}
		req.URL.RawQuery = strings.TrimPrefix(query, "?")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header["Last-Event-Id"] = []string{id}
		if strings.Contains(query, "events") && method == http.MethodGet {
			t.Skip("it would wait")
		}
		rec := &discard{header: http.Header{}}
		p.ServeHTTP(rec, req)
		if rec.code >= 500 {
			t.Errorf("got status %d for %s %q with %q", rec.code, method, query, body)
		}
	})
}

// discard is a writer that can do nothing special.
type discard struct {
	header http.Header
	code   int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(code int)        { d.code = code }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
