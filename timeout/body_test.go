// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBody_ReleasesTheAttempt(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		body io.Reader
		use  func(io.ReadCloser)
	}{
		{"at the end", strings.NewReader("abc"), func(b io.ReadCloser) { _, _ = io.Copy(io.Discard, b) }},
		{"when it breaks", iotest.ErrReader(errors.New("cut")), func(b io.ReadCloser) { _, _ = b.Read(make([]byte, 1)) }},
		{"when it is closed", strings.NewReader("abc"), func(b io.ReadCloser) { _ = b.Close() }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var ctx context.Context
			resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
				ctx = req.Context()
				_ = ctx.Done()
				return ok(req, &body{Reader: row.body}), nil
			}).RoundTrip(get(t.Context(), t))
			if err != nil {
				t.Fatal(err)
			}
			wantErr(t, ctx, nil, nil)
			row.use(resp.Body)
			wantErr(t, ctx, context.Canceled, context.Canceled)
			_ = resp.Body.Close()
		})
	}
}

func TestBody_IsLeftAloneWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for name, none := range map[string]io.ReadCloser{"nil": nil, "NoBody": http.NoBody} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ctx context.Context
			resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
				ctx = req.Context()
				return ok(req, none), nil
			}).RoundTrip(get(t.Context(), t))
			if err != nil || resp.Body != none {
				t.Fatalf("got body %v, %v, want it as it was", resp.Body, err)
			}
			wantErr(t, ctx, context.Canceled, context.Canceled)
		})
	}
}

func TestBody_IsReadAndClosedOnce(t *testing.T) {
	t.Parallel()
	content := &body{Reader: strings.NewReader("content")}
	resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
		return ok(req, content), nil
	}).RoundTrip(get(t.Context(), t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != "content" {
		t.Errorf("got %q, %v, want the content", got, err)
	}
	if err := resp.Body.Close(); err != nil || content.closed != 1 {
		t.Errorf("got %v and %d closes, want none and 1", err, content.closed)
	}
	if _, writes := resp.Body.(io.Writer); writes {
		t.Error("got a body that can be written to, want one as before")
	}
}

// pipe is the body of a 101 response.
type pipe struct {
	body
	strings.Builder
}

type halfPipe struct {
	pipe
	shut bool
}

func (p *halfPipe) CloseWrite() error {
	p.shut = true
	return nil
}

func switching(t *testing.T, b io.ReadCloser) (context.Context, io.ReadCloser) {
	t.Helper()
	var ctx context.Context
	resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
		ctx = req.Context()
		resp := ok(req, b)
		resp.StatusCode = http.StatusSwitchingProtocols
		return resp, nil
	}).RoundTrip(get(t.Context(), t))
	if err != nil {
		t.Fatal(err)
	}
	return ctx, resp.Body
}

func TestBody_OfSwitchingProtocolsStaysAConnection(t *testing.T) {
	t.Parallel()
	whole := &pipe{body: body{Reader: strings.NewReader("pong")}}
	ctx, b := switching(t, whole)
	conn, can := b.(io.ReadWriteCloser)
	if !can {
		t.Fatalf("got %T, want an io.ReadWriteCloser", b)
	}
	if _, err := io.WriteString(conn, "ping"); err != nil || whole.String() != "ping" {
		t.Errorf("got %q, %v, want what was written", whole.String(), err)
	}
	if _, can := b.(interface{ CloseWrite() error }); can {
		t.Error("got a CloseWrite, want none where the base has none")
	}
	wantErr(t, ctx, nil, nil)
	if err := conn.Close(); err != nil || whole.closed != 1 {
		t.Errorf("got %v and %d closes, want none and 1", err, whole.closed)
	}
	wantErr(t, ctx, context.Canceled, context.Canceled)

	half := &halfPipe{pipe: pipe{body: body{Reader: strings.NewReader("pong")}}}
	_, b = switching(t, half)
	shutter, can := b.(interface{ CloseWrite() error })
	if !can {
		t.Fatalf("got %T, want its writing side to be closable as before", b)
	}
	if err := shutter.CloseWrite(); err != nil || !half.shut {
		t.Errorf("got %v, want the writing side closed", err)
	}
	_ = b.Close()
}
