// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/status"
)

const key = "https://a.test"

func TestControls_ChangeACircuit(t *testing.T) {
	t.Parallel()
	stack := newStack(t, &network{})
	p := newPage(t, stack, status.WithControls())
	send(t, stack, key+"/", 1)
	rows := []struct {
		name, query, form string
		want              int
		state             breaker.State
		forced            bool
	}{
		{"opens", "", "action=force-open&key=" + url.QueryEscape(key), 303, breaker.Open, true},
		{"closes", "?format=json", "action=force-closed&key=" + url.QueryEscape(key), 200, breaker.Closed, true},
		{"resets", "?q=a&state=open&page=2", "action=reset&id=" + base64.RawURLEncoding.EncodeToString([]byte(key)), 303, breaker.Closed, false},
		{"does not know the key", "", "action=force-open&key=https://b.test", 404, breaker.Closed, false},
		{"does not know the action", "", "action=explode&key=" + key, 400, breaker.Closed, false},
		{"cannot read the id", "", "action=force-open&id=%25", 400, breaker.Closed, false},
		{"cannot read the form", "", "action=%%", 400, breaker.Closed, false},
		{"takes no form that is too long", "", "action=force-open&key=" + key + "&x=" + strings.Repeat("x", 9000), 400, breaker.Closed, false},
		{"takes nothing from the query", "?action=force-open&key=" + url.QueryEscape(key), "a=b", 400, breaker.Closed, false},
	}
	for _, row := range rows {
		resp := ask(t, p, "POST", row.query, row.form)
		if resp.StatusCode != row.want {
			t.Errorf("it %s: got status %d, want %d", row.name, resp.StatusCode, row.want)
		}
		if c := stack.Snapshot().Keys[0].Circuit; c.State != row.state || c.Forced != row.forced {
			t.Errorf("it %s: got %+v, want %s, forced %v", row.name, c, row.state, row.forced)
		}
		if row.want == http.StatusSeeOther {
			if at := resp.Header.Get("Location"); row.query != "" && at != "?page=2&q=a&state=open" || row.query == "" && at != "?" {
				t.Errorf("it %s: got Location %q, want the same view, wherever the page is mounted", row.name, at)
			}
		}
	}
}

// A browser says where a request comes from; what it sends for another site is
// refused.
func TestControls_ObeyNoOtherSite(t *testing.T) {
	t.Parallel()
	stack := newStack(t, &network{})
	p := newPage(t, stack, status.WithControls())
	send(t, stack, key+"/", 1)
	rows := []struct {
		name   string
		header []string
		want   int
	}{
		{"our own page", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"an address that was typed in", []string{"Sec-Fetch-Site", "none"}, 303},
		{"a program", nil, 303},
		{"our own page, in an old browser", []string{"Origin", "http://debug.test"}, 303},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another site, in an old browser", []string{"Origin", "https://evil.test"}, 403},
		{"a file", []string{"Origin", "null"}, 403},
		{"a site that lies about the host", []string{"Origin", "http://debug.test", "Host", "evil.test"}, 403},
	}
	for _, row := range rows {
		stack.Reset(key)
		resp := ask(t, p, "POST", "", "action=force-open&key="+url.QueryEscape(key), row.header...)
		forced := stack.Snapshot().Keys[0].Circuit.Forced
		if resp.StatusCode != row.want || forced != (row.want == 303) {
			t.Errorf("%s: got status %d, forced %v, want %d", row.name, resp.StatusCode, forced, row.want)
		}
	}
}

func TestControls_AreOffByDefault(t *testing.T) {
	t.Parallel()
	stack := newStack(t, &network{})
	p := newPage(t, stack)
	send(t, stack, key+"/", 1)
	resp := ask(t, p, "POST", "", "action=force-open&key="+url.QueryEscape(key), "Sec-Fetch-Site", "same-origin")
	if resp.StatusCode != http.StatusMethodNotAllowed || stack.Snapshot().Keys[0].Circuit.Forced {
		t.Errorf("got status %d, want 405 and nothing done", resp.StatusCode)
	}
	if body := read(t, ask(t, p, "GET", "", "")); strings.Contains(body, "<form method=\"post\"") {
		t.Error("got a form that changes things on a page that cannot")
	}
}
