// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package websocket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/coder/websocket"

	"github.com/surefoot-go/surefoot/compat/rig"
)

// A witness keeps the last body that passed by.
type witness struct {
	next http.RoundTripper
	body io.ReadCloser
}

// RoundTrip is net/http's.
func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err == nil {
		w.body = resp.Body
	}
	return resp, err
}

type session struct {
	url         string
	opts        websocket.DialOptions
	base, outer *witness
	watched     bool // by an attempt timeout: the body is one around that of the base
}

func (s *session) session() rig.Session {
	return rig.Session{Ops: []rig.Op{
		{Name: "messages both ways", Do: s.echo},
		{Name: "message and close", Do: s.close},
		{Name: "handshake that is refused", Do: s.refused},
	}}
}

func (s *session) dial(ctx context.Context, token string) (*websocket.Conn, *http.Response, error) {
	opts := s.opts
	opts.Subprotocols = []string{"echo"}
	return websocket.Dial(ctx, s.url+"/?token="+token, &opts)
}

// echo sends text, a message of a megabyte, and pings.
func (s *session) echo(ctx context.Context) (string, error) {
	conn, resp, err := s.dial(ctx, "good") //nolint:bodyclose // "You never need to close resp.Body yourself."
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.CloseNow() }() // it was closed, or is beyond that
	_, duplex := s.outer.body.(io.ReadWriteCloser)
	untouched := duplex && (s.watched || s.outer.body == s.base.body)
	conn.SetReadLimit(2 << 20)
	for _, message := range [][]byte{[]byte("one"), bytes.Repeat([]byte("two"), 1<<18), []byte("three")} {
		// It is read while it is written: neither side can take it all at once.
		written := make(chan error, 1)
		go func() { written <- conn.Write(ctx, websocket.MessageBinary, message) }()
		kind, got, err := conn.Read(ctx)
		if err := errors.Join(err, <-written); err != nil {
			return "", err
		}
		if kind != websocket.MessageBinary || !bytes.Equal(got, message) {
			return "", fmt.Errorf("%d bytes came back as %d", len(message), len(got))
		}
	}
	ctx = conn.CloseRead(ctx) // somebody has to read the pong
	if err := conn.Ping(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s, body untouched: %t", resp.StatusCode, conn.Subprotocol(), untouched), nil
}

// close is a handshake, in both senses.
func (s *session) close(ctx context.Context) (string, error) {
	conn, _, err := s.dial(ctx, "good") //nolint:bodyclose // as above
	if err != nil {
		return "", err
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte("bye")); err != nil {
		return "", err
	}
	if _, _, err := conn.Read(ctx); err != nil {
		return "", err
	}
	return "closed", conn.Close(websocket.StatusNormalClosure, "bye")
}

// refused asks with a token that is not known.
func (s *session) refused(ctx context.Context) (string, error) {
	conn, resp, err := s.dial(ctx, "bad") //nolint:bodyclose // as above
	if err == nil {
		return "", errors.Join(errors.New("it was let in"), conn.CloseNow())
	}
	if resp == nil || resp.StatusCode != http.StatusForbidden {
		return "", err
	}
	raw, err := io.ReadAll(resp.Body) // the SDK keeps the first kilobyte, and no error
	if err == nil && int64(len(raw)) < resp.ContentLength {
		err = errors.Join(io.ErrUnexpectedEOF, ctx.Err()) // and whether that is why
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, bytes.TrimSpace(raw)), err
}
