// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/retry"
)

// A chunked source gives its content in pieces of given sizes.
type chunked struct {
	content []byte
	sizes   []byte
	early   bool // io.EOF comes with the last bytes
	n       int
	closed  int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.content) == 0 {
		return 0, io.EOF
	}
	size := len(p)
	if len(c.sizes) > 0 {
		size = min(size, int(c.sizes[c.n%len(c.sizes)]))
		c.n++
	}
	n := copy(p[:size], c.content)
	c.content = c.content[n:]
	if c.early && len(c.content) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (c *chunked) Close() error {
	c.closed++
	return nil
}

// A reading base carries out a program, two bytes an operation. It never
// forgets a body, so it reads and closes those of former attempts too.
type reading struct {
	t       *testing.T
	content []byte
	source  *chunked
	limit   int
	program []byte

	bodies []io.ReadCloser
	offs   []int
	closed []bool
	pulled int  // bytes that the source has given
	full   bool // more than the limit
}

func (b *reading) RoundTrip(req *http.Request) (*http.Response, error) {
	if b.full {
		b.t.Error("got another attempt after the limit was passed, want none")
	}
	b.bodies, b.offs, b.closed = append(b.bodies, req.Body), append(b.offs, 0), append(b.closed, false)
	for len(b.program) >= 2 {
		op, arg := b.program[0], b.program[1]
		b.program = b.program[2:]
		which := int(arg) % len(b.bodies)
		switch op % 4 {
		case 0, 1:
			b.read(len(b.bodies)-1, int(arg))
		case 2:
			b.read(which, int(op))
		case 3:
			if arg%2 == 0 {
				return &http.Response{StatusCode: http.StatusServiceUnavailable}, nil
			}
			_ = b.bodies[which].Close()
			b.closed[which] = true
		}
	}
	return &http.Response{StatusCode: http.StatusOK}, nil
}

// read reads from a body and compares what comes with what is expected.
func (b *reading) read(which, size int) {
	last := which == len(b.bodies)-1
	p := make([]byte, size)
	before := len(b.source.content)
	n, err := b.bodies[which].Read(p)
	b.pulled += before - len(b.source.content)
	b.full = b.full || b.pulled > b.limit
	if b.closed[which] || !last {
		if n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			b.t.Errorf("got %d bytes and error %v of a body that is over, want http.ErrBodyReadAfterClose", n, err)
		}
		return
	}
	if want := b.content[b.offs[which]:][:n]; !bytes.Equal(p[:n], want) {
		b.t.Errorf("got %q at %d of attempt %d, want %q", p[:n], b.offs[which], which+1, want)
	}
	b.offs[which] += n
	if err != nil && (err != io.EOF || b.offs[which] != len(b.content)) {
		b.t.Errorf("got error %v at %d of %d, want none", err, b.offs[which], len(b.content))
	}
}

// FuzzBodyBuffer reads bodies in any order, of this attempt and of former ones,
// and expects the same bytes from the beginning in every attempt.
func FuzzBodyBuffer(f *testing.F) {
	f.Add([]byte("content"), []byte{3}, []byte{0, 3, 3, 0, 0, 9}, 100, false)
	f.Add([]byte("content"), []byte{}, []byte{0, 7, 0, 7, 3, 0, 2, 0, 0, 255}, 7, true)
	f.Add([]byte("content"), []byte{1, 0, 2}, []byte{0, 2, 3, 1, 0, 2, 3, 0, 1, 255, 1, 255}, 3, false)
	f.Fuzz(func(t *testing.T, content, sizes, program []byte, limit int, early bool) {
		if limit <= 0 || limit > 1<<20 {
			limit = 10
		}
		source := &chunked{content: content, sizes: sizes, early: early}
		base := &reading{t: t, content: content, source: source, limit: limit, program: program}
		r, err := retry.New(retry.WithBodyBuffer(int64(limit)), retry.WithBackoff(1, 1))
		if err != nil {
			t.Fatal(err)
		}
		req := newRequest(context.Background(), t, http.MethodPut) // one that never ends
		req.Body, req.ContentLength = source, -1
		if _, err := r.Wrap(base).RoundTrip(req); err != nil {
			t.Errorf("got error %v, want none", err)
		}
		for _, body := range base.bodies {
			_ = body.Close()
			_ = body.Close()
		}
		if source.closed != 1 {
			t.Errorf("got the source closed %d times, want once", source.closed)
		}
	})
}

// FuzzWait lets servers ask for any wait, of calls with any bounds, and expects
// every wait to keep to them.
func FuzzWait(f *testing.F) {
	f.Add("5", 503, int64(100*time.Millisecond), int64(20*time.Second), int64(time.Minute), int64(0))
	f.Add("9223372037", 429, int64(1), int64(1), int64(math.MaxInt64), int64(time.Hour))
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", 503, int64(time.Hour), int64(24*time.Hour), int64(math.MaxInt64), int64(-1))
	f.Fuzz(func(t *testing.T, retryAfter string, code int, initial, limit, retryAfterLimit, deadline int64) {
		r, err := retry.New(
			retry.WithBackoff(time.Duration(initial), time.Duration(limit)), retry.WithRetryAfterLimit(time.Duration(retryAfterLimit)),
		)
		if err != nil {
			t.Skip("not a configuration")
		}
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if deadline > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, time.Duration(deadline))
				defer cancel()
			} else if seconds, err := strconv.ParseInt(retryAfter, 10, 64); err != nil || seconds > 1e9 {
				// The clock of a bubble ends in the year 2262.
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 50*365*24*time.Hour)
				defer cancel()
			}
			base := play(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {retryAfter}}}, nil
			})
			start := time.Now()
			resp, err := r.Wrap(base).RoundTrip(newRequest(ctx, t, http.MethodGet))
			if err != nil || resp.StatusCode != code {
				t.Errorf("got %v and error %v, want the last answer", resp, err)
			}
			if took := time.Since(start); deadline > 0 && took >= time.Duration(deadline) {
				t.Errorf("got the answer after %v, want it before the deadline of %v", took, time.Duration(deadline))
			}
			longest := max(limit, retryAfterLimit)
			if longest < math.MaxInt64-int64(time.Second) {
				longest += int64(time.Second)
			}
			for i, w := range base.waits() {
				if w < 0 || int64(w) > longest {
					t.Errorf("wait %d: got %v, want at most %v", i+1, w, time.Duration(longest))
				}
			}
		})
	})
}
