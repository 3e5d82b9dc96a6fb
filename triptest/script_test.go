// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/triptest"
)

// request makes a request with a body, or without one.
func request(ctx context.Context, t *testing.T, method, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://api.test/path", r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// get makes a GET, which has to be answered.
func get(t *testing.T, rt http.RoundTripper) *http.Response {
	t.Helper()
	resp, err := rt.RoundTrip(request(t.Context(), t, http.MethodGet, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func content(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("reading the body: %v", err)
	}
	resp.Body.Close()
	return string(b)
}

func TestScript_RepliesInTurn(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript(triptest.Respond(503).Body("one"), triptest.Respond(200).Body("two"))
	for _, want := range []string{"one", "two", "two"} {
		if got := content(t, get(t, base)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := base.Len(); got != 3 {
		t.Errorf("got %d attempts, want 3", got)
	}
	var zero triptest.Script
	if got := get(t, &zero); got.StatusCode != 200 {
		t.Errorf("the zero script: got %d, want 200", got.StatusCode)
	}
}

func TestScript_Response(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript(triptest.Respond(404).Header("X-A", "1").Header("X-A", "2").Body("gone").
		Edit(func(resp *http.Response) { resp.Proto = "HTTP/3.0" }))
	req := request(t.Context(), t, http.MethodGet, "")
	resp, err := base.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Status != "404 Not Found" || resp.ContentLength != 4 || resp.Request != req || resp.Proto != "HTTP/3.0" {
		t.Errorf("got %+v", resp)
	}
	if got := resp.Header["X-A"]; len(got) != 2 {
		t.Errorf("got the header %v, want two values", got)
	}
}

func TestReply_MethodsLeaveTheOriginal(t *testing.T) {
	t.Parallel()
	plain := triptest.Respond(200).Header("X-A", "1")
	_ = plain.Header("X-A", "2").Body("x").Trailer("X-T", "1")
	resp := get(t, triptest.NewScript(plain))
	if got := resp.Header["X-A"]; len(got) != 1 || resp.ContentLength != 0 || resp.Trailer != nil {
		t.Errorf("got %v, length %d, trailer %v; want the reply as it was", got, resp.ContentLength, resp.Trailer)
	}
}

func TestScript_BodiesThatDoNotEnd(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		resp := get(t, triptest.NewScript(triptest.Respond(200).Body("half").Break(broken)))
		if b, err := io.ReadAll(resp.Body); string(b) != "half" || !errors.Is(err, broken) {
			t.Errorf("a broken body: got %q and %v", b, err)
		}
		resp = get(t, triptest.NewScript(triptest.Respond(200).Endless()))
		if n, err := io.CopyN(io.Discard, resp.Body, 1<<20); err != nil {
			t.Errorf("an endless body: got %d bytes and %v", n, err)
		}
		resp = get(t, triptest.NewScript(triptest.Respond(200).Body("begun").Stall()))
		time.AfterFunc(time.Hour, func() { resp.Body.Close() })
		start := time.Now()
		if b, err := io.ReadAll(resp.Body); string(b) != "begun" || err == nil || time.Since(start) != time.Hour {
			t.Errorf("a stalled body: got %q and %v after %v", b, err, time.Since(start))
		}
		if _, err := resp.Body.Read(make([]byte, 1)); err == nil {
			t.Error("reading a closed body: got no error")
		}
	})
}

func TestScript_BodyBelongsToTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		write := func(w io.Writer) error {
			for {
				if _, err := io.WriteString(w, "x"); err != nil {
					return err
				}
			}
		}
		for _, reply := range []triptest.Reply{triptest.Respond(200).Stall(), triptest.Respond(200).Stream(write), triptest.Block()} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			resp, err := triptest.NewScript(reply).RoundTrip(request(ctx, t, http.MethodGet, ""))
			if err == nil {
				time.Sleep(2 * time.Minute)
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want that of the context", err)
			}
			cancel()
		}
	})
}

func TestScript_StreamAndTrailer(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript(triptest.Respond(200).Trailer("X-Sum", "2").Stream(func(w io.Writer) error {
		_, err := io.WriteString(w, "ok")
		return err
	}))
	resp := get(t, base)
	if got := content(t, resp); got != "ok" || resp.Trailer.Get("X-Sum") != "2" || resp.ContentLength != -1 {
		t.Errorf("got %q, trailer %v, length %d", got, resp.Trailer, resp.ContentLength)
	}
}

func TestScript_RequestBody(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript(triptest.Respond(200), triptest.Respond(200).Reads(3), triptest.Respond(200).Reads(0))
	for _, want := range []string{"content", "con", ""} {
		resp, err := base.RoundTrip(request(t.Context(), t, http.MethodPost, "content"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		attempts := base.Attempts()
		if got := attempts[len(attempts)-1]; string(got.Body) != want || !got.BodyClosed || !got.HasBody || !got.HasGetBody {
			t.Errorf("got %q, closed %t; want %q, closed", got.Body, got.BodyClosed, want)
		}
	}
	req := request(t.Context(), t, http.MethodPost, "content")
	req.ContentLength = 3
	if _, err := base.RoundTrip(req); err != nil {
		t.Errorf("a body that is not read: got error %v", err)
	}
	if _, err := triptest.NewScript().RoundTrip(req); err == nil {
		t.Error("a body that is longer than its length: got no error")
	}
}

func TestScript_Lingers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := make(chan struct{})
		base := triptest.NewScript(triptest.Respond(200).Lingers(from))
		resp, err := base.RoundTrip(request(t.Context(), t, http.MethodPost, "content"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		synctest.Wait()
		if a := base.Attempts()[0]; len(a.Body) != 0 || a.BodyClosed {
			t.Errorf("before: got %q read, closed %t", a.Body, a.BodyClosed)
		}
		close(from)
		synctest.Wait()
		if a := base.Attempts()[0]; string(a.Body) != "content" || !a.BodyClosed {
			t.Errorf("after: got %q read, closed %t", a.Body, a.BodyClosed)
		}
	})
}

func TestScript_Refuses(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript()
	canceled, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("cause")
	cancel(cause)
	noURL, noHeader := request(t.Context(), t, http.MethodGet, ""), request(t.Context(), t, http.MethodGet, "")
	noURL.URL, noHeader.Header = nil, nil
	for _, req := range []*http.Request{noURL, noHeader, request(canceled, t, http.MethodGet, "")} {
		if resp, err := base.RoundTrip(req); err == nil {
			t.Errorf("got %d, want an error", resp.StatusCode)
		}
	}
	if _, err := base.RoundTrip(request(canceled, t, http.MethodGet, "")); !errors.Is(err, cause) {
		t.Errorf("got error %v, want the cause", err)
	}
}

func TestScript_PanicAndDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		get(t, triptest.NewScript(triptest.Respond(200).After(time.Hour)))
		if took := time.Since(start); took != time.Hour {
			t.Errorf("got an answer after %v, want an hour", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := triptest.NewScript(triptest.Respond(200).After(time.Hour)).RoundTrip(request(ctx, t, http.MethodGet, ""))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got error %v, want that of the deadline", err)
		}
	})
	defer func() {
		if v := recover(); v != "oh" {
			t.Errorf("got %v, want the panic", v)
		}
	}()
	_, _ = triptest.NewScript(triptest.Panic("oh")).RoundTrip(request(t.Context(), t, http.MethodGet, ""))
}

func TestScript_Informational(t *testing.T) {
	t.Parallel()
	var codes []int
	stop := errors.New("enough")
	hook := func(err error) context.Context {
		return httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
				codes = append(codes, code)
				return err
			},
		})
	}
	base := triptest.NewScript(triptest.Respond(200).Informational(103, http.Header{"Link": {"x"}}))
	resp, err := base.RoundTrip(request(hook(nil), t, http.MethodGet, ""))
	if err != nil || len(codes) != 1 {
		t.Fatalf("got error %v and the codes %v, want one", err, codes)
	}
	resp.Body.Close()
	if _, err := base.RoundTrip(request(hook(stop), t, http.MethodGet, "")); !errors.Is(err, stop) {
		t.Errorf("got error %v, want that of the hook", err)
	}
	get(t, base) // nobody listens
}

func TestScript_Upgrade(t *testing.T) {
	t.Parallel()
	base := triptest.NewScript(triptest.Upgrade(func(conn io.ReadWriteCloser) { _, _ = io.Copy(conn, conn) }))
	resp := get(t, base)
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok || resp.StatusCode != 101 || resp.Header.Get("Upgrade") == "" {
		t.Fatalf("got %d and a %T, want a connection", resp.StatusCode, resp.Body)
	}
	if _, err := io.WriteString(conn, "hello"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
		t.Errorf("got %q and error %v, want the echo", got, err)
	}
	conn.Close()
	base.CloseIdleConnections()
	if leaks, idle := base.Ledger().Leaks(), base.IdleCloses(); len(leaks) != 0 || idle != 1 {
		t.Errorf("got %v open and %d calls of CloseIdleConnections, want none and 1", leaks, idle)
	}
}
