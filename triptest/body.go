// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

// replyBody is the body of a scripted response. As the body of a response of
// [http.Transport], it belongs to the context of its attempt: reads fail when
// that is done, and a Read that waits ends at Close.
type replyBody struct {
	ctx     context.Context //nolint:containedctx // a body lives as long as its attempt
	tail    bodyTail
	err     error
	atEOF   func()
	closing chan struct{}

	mu      sync.Mutex
	content []byte
	ended   bool
	closed  bool
}

func (b *replyBody) Read(p []byte) (int, error) {
	select {
	case <-b.closing:
		return 0, http.ErrBodyReadAfterClose
	default:
	}
	n, tail, err := b.next(p)
	if n > 0 || err != nil || len(p) == 0 {
		return n, err
	}
	switch tail {
	case tailStall:
		select {
		case <-b.closing:
			return 0, http.ErrBodyReadAfterClose
		case <-b.ctx.Done():
			return 0, context.Cause(b.ctx)
		}
	case tailEndless:
		clear(p)
		return len(p), nil
	case tailEOF, tailBreak:
	}
	return 0, io.EOF
}

// next returns what is there without waiting.
func (b *replyBody) next(p []byte) (int, bodyTail, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return 0, b.tail, io.EOF
	}
	if b.ctx.Err() != nil {
		return 0, b.tail, context.Cause(b.ctx)
	}
	if len(b.content) > 0 {
		n := copy(p, b.content)
		b.content = b.content[n:]
		return n, b.tail, nil
	}
	switch b.tail {
	case tailBreak:
		return 0, b.tail, b.err
	case tailEOF:
		b.ended = true
		b.atEOF()
		return 0, b.tail, io.EOF
	case tailStall, tailEndless:
	}
	return 0, b.tail, nil
}

func (b *replyBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.closing)
	}
	return nil
}

// streamBody returns a body that write produces.
func streamBody(ctx context.Context, write func(io.Writer) error, atEOF func()) io.ReadCloser {
	r, w := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = w.CloseWithError(context.Cause(ctx)) })
	go func() {
		defer stop()
		err := write(w)
		if err == nil {
			atEOF()
		}
		_ = w.CloseWithError(err)
	}()
	return r
}

// upgradedBody returns the client's end of a connection.
func upgradedBody(serve func(io.ReadWriteCloser)) io.ReadCloser {
	client, server := net.Pipe()
	go func() {
		defer func() { _ = server.Close() }()
		serve(server)
	}()
	return client
}
