// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
)

// request makes a request without a body, to a host of its own.
func (p *probe) request(ctx context.Context, method string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, method, p.url(), nil)
	if err != nil {
		p.fatalf("making a request: %v", err)
	}
	return req
}

// get makes a GET.
func (p *probe) get() *http.Request { return p.request(p.ctx, http.MethodGet) }

// upload makes a request with a body, which GetBody gives again.
func (p *probe) upload(method, content string) (*http.Request, *upload) {
	u := &upload{content: content}
	req := p.request(p.ctx, method)
	req.Body = u.open()
	req.GetBody = func() (io.ReadCloser, error) { return u.open(), nil }
	req.ContentLength = int64(len(content))
	return req, u
}

// uploadOnce makes a request whose body cannot be had again.
func (p *probe) uploadOnce(method string) (*http.Request, *upload) {
	req, u := p.upload(method, "content")
	req.GetBody = nil
	return req, u
}

// An upload keeps watch over the bodies of a request: the one that it was made
// with, and those that GetBody has given.
type upload struct {
	content string

	mu     sync.Mutex
	bodies []*sentBody
}

func (u *upload) open() *sentBody {
	u.mu.Lock()
	defer u.mu.Unlock()
	b := &sentBody{upload: u, rest: strings.NewReader(u.content)}
	u.bodies = append(u.bodies, b)
	return b
}

// unclosed returns how many bodies have not been closed, of how many.
func (u *upload) unclosed() (open, all int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, b := range u.bodies {
		if b.closes == 0 {
			open++
		}
	}
	return open, len(u.bodies)
}

// closed has every body of the upload be closed in a moment.
func (p *probe) closed(u *upload, when string) {
	ok := p.eventually(func() bool {
		open, _ := u.unclosed()
		return open == 0
	})
	if open, all := u.unclosed(); !ok {
		p.errorf("%s: got %d of %d request bodies not closed, want all closed", when, open, all)
	}
}

// closedOriginal has the body that the request was made with be closed in a
// moment. Where net/http replays it does not close all that GetBody gave it.
func (p *probe) closedOriginal(u *upload, when string) {
	original := func() bool {
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.bodies[0].closes > 0
	}
	if !p.eventually(original) {
		p.errorf("%s: got the caller's body not closed, want it closed", when)
	}
}

// sentBody is a body of an upload.
type sentBody struct {
	upload *upload
	rest   *strings.Reader // guarded by the upload's lock, as is closes
	closes int
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.upload.mu.Lock()
	defer b.upload.mu.Unlock()
	if b.closes > 0 {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.rest.Read(p)
}

func (b *sentBody) Close() error {
	b.upload.mu.Lock()
	defer b.upload.mu.Unlock()
	b.closes++
	return nil
}

// errReset is what [http.Transport] returns when the connection is reset.
func errReset() error {
	addr := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}
	return &net.OpError{Op: "read", Net: "tcp", Addr: addr, Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}

// errCause is what a caller gives as the cause of a cancellation.
var errCause = errors.New("the caller's own cause")

// pattern returns n bytes of which no two stretches are the same for long.
func pattern(n int) string {
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte('a' + x%26)
	}
	return string(b)
}

// same compares two long strings and describes the difference.
func (p *probe) same(got, want, what string) {
	if got == want {
		return
	}
	if max(len(got), len(want)) <= 40 {
		p.errorf("%s: got %q, want %q", what, got, want)
		return
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	p.errorf("%s: got %d bytes (%.40q from byte %d on), want %d bytes (%.40q)", what, len(got), got[i:], i, len(want), want[i:])
}
