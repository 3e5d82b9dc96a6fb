// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals_test

import (
	"bytes"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// base answers with the given statuses, the last of them for ever, and is not
// safe for concurrent use.
type base struct {
	statuses []int
	sent     []string // bodies
}

func (b *base) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
	}
	b.sent = append(b.sent, string(body))
	status := b.statuses[min(len(b.sent), len(b.statuses))-1]
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader("answer")), ContentLength: 6, Request: req,
	}, nil
}

func request(t *testing.T, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://a.example/", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func everybody() []rivals.Rival { return append(rivals.All(), rivals.Surefoot()) }

func TestRivals_BuildAndAnswer(t *testing.T) {
	t.Parallel()
	for _, r := range everybody() {
		variants := map[string]rivals.Build{
			"documented": r.Documented,
			"tuned": func(base http.RoundTripper) (http.RoundTripper, error) {
				return r.Tuned(base, rivals.Tuning{Wait: time.Nanosecond, MaxWait: time.Nanosecond})
			},
		}
		for variant, build := range variants {
			t.Run(r.Name+", "+variant, func(t *testing.T) {
				t.Parallel()
				b := &base{statuses: []int{http.StatusOK}}
				rt, err := build(b)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := rt.RoundTrip(request(t, "question"))
				if err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(resp.Body)
				if resp.StatusCode != http.StatusOK || string(answer) != "answer" || err != nil {
					t.Errorf("got %d with %q, %v, want 200 with the answer", resp.StatusCode, answer, err)
				}
				if err := resp.Body.Close(); err != nil {
					t.Error(err)
				}
				if len(b.sent) != 1 || b.sent[0] != "question" {
					t.Errorf("got %q sent, want the question once", b.sent)
				}
			})
		}
	}
}

func TestRivals_RetryAsTheySay(t *testing.T) {
	t.Parallel()
	for _, r := range everybody() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			b := &base{statuses: []int{http.StatusServiceUnavailable, http.StatusOK}}
			rt, err := r.Tuned(b, rivals.Tuning{Wait: time.Nanosecond, MaxWait: time.Nanosecond})
			if err != nil {
				t.Fatal(err)
			}
			resp, err := rt.RoundTrip(request(t, "question"))
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if retried := resp.StatusCode == http.StatusOK; retried != r.Retries {
				t.Errorf("got %d after %d attempts, want Retries to be true to it", resp.StatusCode, len(b.sent))
			}
			if r.Retries && (len(b.sent) != 2 || b.sent[1] != "question") {
				t.Errorf("got %q sent, want the question twice", b.sent)
			}
		})
	}
}

func TestRivals_BreakAsTheySay(t *testing.T) {
	t.Parallel()
	for _, r := range everybody() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			b := &base{statuses: []int{http.StatusServiceUnavailable}}
			rt, err := r.Tuned(b, rivals.Tuning{Wait: time.Nanosecond, MaxWait: time.Nanosecond, OpenFor: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			for range 60 {
				resp, err := rt.RoundTrip(request(t, "question"))
				if err == nil {
					_ = resp.Body.Close()
				}
			}
			before := len(b.sent)
			resp, err := rt.RoundTrip(request(t, "question"))
			if err == nil {
				_ = resp.Body.Close()
			}
			if broke := len(b.sent) == before && err != nil; broke != r.Breaks {
				t.Errorf("got %d more attempts and error %v, want Breaks to be true to it", len(b.sent)-before, err)
			}
		})
	}
}

func TestRivals_HaveNamesNotesAndVersions(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	info, ok := debug.ReadBuildInfo()
	linked := ok && len(info.Deps) > 0
	for _, r := range everybody() {
		if r.Name == "" || seen[r.Name] {
			t.Errorf("got the name %q, want one of its own", r.Name)
		}
		seen[r.Name] = true
		if r.Notes == "" {
			t.Errorf("%s: got no notes", r.Name)
		}
		// The linker records no modules in test binaries (go.dev/issue/33976).
		if linked && r.Module != "" && r.Version() == "" {
			t.Errorf("%s: got no version of %s", r.Name, r.Module)
		}
		if found, err := rivals.Find(r.Name); err == nil && found.Module != r.Module {
			t.Errorf("%s: Find gave %s", r.Name, found.Module)
		}
	}
	if _, err := rivals.Find("nobody"); err == nil {
		t.Error("got no error for a name that nobody has")
	}
}
