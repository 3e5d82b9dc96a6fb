// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/triptest"
)

type testKey struct{}

// reporter is a triptest.T that keeps what it is told.
type reporter struct{ errors []string }

func (r *reporter) Helper() {}

func (r *reporter) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestLedger_Bodies(t *testing.T) {
	t.Parallel()
	var ledger triptest.Ledger
	body := ledger.Body("a body", io.NopCloser(strings.NewReader("content")))
	if ledger.Body("none", nil) != nil || ledger.Body("none", http.NoBody) != http.NoBody {
		t.Error("got no body watched, want it as it is")
	}
	var report reporter
	ledger.Check(&report)
	if len(report.errors) != 1 || !strings.Contains(report.errors[0], "a body, from ") ||
		!strings.Contains(report.errors[0], "TestLedger_Bodies") {
		t.Errorf("got the report %q, want the body and this test", report.errors)
	}
	body.Close()
	body.Close()
	ledger.Check(t)
	if got := ledger.Opened(); got != 1 {
		t.Errorf("got %d opened, want 1", got)
	}
}

func TestLedger_Wrap(t *testing.T) {
	t.Parallel()
	var ledger triptest.Ledger
	base := triptest.NewScript(triptest.Respond(200).Body("content"), triptest.Fail(errors.New("broken")))
	client := &http.Client{Transport: ledger.Wrap(base)}
	resp := get(t, client.Transport)
	if got := len(ledger.Leaks()); got != 1 {
		t.Errorf("got %d open, want 1", got)
	}
	resp.Body.Close()
	if _, err := client.Transport.RoundTrip(request(t.Context(), t, http.MethodGet, "")); err == nil {
		t.Error("got no error, want that of the base")
	}
	client.CloseIdleConnections()
	if got := base.IdleCloses(); got != 1 {
		t.Errorf("got CloseIdleConnections passed on %d times, want once", got)
	}
	ledger.Check(t)
}

func TestLedger_Context(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ledger triptest.Ledger
		cause := errors.New("cause")
		parent, end := context.WithCancelCause(context.WithValue(t.Context(), testKey{}, "value"))
		ctx := ledger.Context(parent)
		if got := ctx.Value(testKey{}); got != "value" {
			t.Errorf("got the value %v, want that of the parent", got)
		}
		first, cancelFirst := context.WithCancel(ctx)
		second, cancelSecond := context.WithTimeout(ctx, time.Hour)
		defer cancelSecond()
		if got := len(ledger.Leaks()); got != 2 {
			t.Errorf("two children: got %d open, want 2", got)
		}
		cancelFirst()
		if got := len(ledger.Leaks()); got != 1 || first.Err() == nil {
			t.Errorf("one canceled: got %d open, want 1", got)
		}
		end(cause)
		synctest.Wait()
		ledger.Check(t)
		if !errors.Is(context.Cause(second), cause) || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("got the cause %v and error %v, want those of the parent", context.Cause(second), ctx.Err())
		}
		late, cancelLate := context.WithCancel(ctx)
		defer cancelLate()
		if late.Err() == nil {
			t.Error("a child of a context that is done: got it alive")
		}
	})
}

func TestLedger_WatchSeesGrandchildren(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ledger, other triptest.Ledger
		done := make(chan struct{})
		ledger.Watch(func() {
			go func() {
				go func() { <-done }()
			}()
		})
		other.Watch(func() {})
		synctest.Wait()
		leaks := ledger.Leaks()
		if len(leaks) != 1 || !strings.Contains(leaks[0].String(), "TestLedger_WatchSeesGrandchildren") {
			t.Errorf("got %v, want the goroutine that waits", leaks)
		}
		other.Check(t)
		close(done)
		synctest.Wait()
		ledger.Check(t)
	})
}

func TestRecorder_OverATransport(t *testing.T) {
	t.Parallel()
	server := triptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	var recorder triptest.Recorder
	client := &http.Client{Transport: recorder.Wrap(server.Transport())}
	req := request(t.Context(), t, http.MethodPut, "content")
	req.Header.Set("X-One", "1")
	req.Trailer = http.Header{"X-Sum": {"7"}}
	req.ContentLength = -1
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if got := content(t, resp); got != "content" {
		t.Errorf("got %q, want the echo", got)
	}
	a := recorder.Attempts()[0]
	if a.Method != http.MethodPut || a.URL != "http://api.test/path" || a.Host != "api.test" || string(a.Body) != "content" ||
		a.Header.Get("X-One") != "1" || a.Trailer.Get("X-Sum") != "7" || a.Status != 200 || a.End.Before(a.Start) || !a.BodyClosed {
		t.Errorf("got %+v", a)
	}
	if resp.Request != a.Request || recorder.Len() != 1 {
		t.Errorf("got another request in the response than came by, or %d attempts", recorder.Len())
	}
	client.CloseIdleConnections()
	if u, ok := client.Transport.(interface{ Unwrap() http.RoundTripper }); !ok || u.Unwrap() == nil {
		t.Error("got nothing beneath the recorder, want the transport")
	}
}
