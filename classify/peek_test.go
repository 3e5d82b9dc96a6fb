// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/surefoot-go/surefoot/classify"
)

// fakeBody counts what is done to it.
type fakeBody struct {
	io.Reader
	reads  int
	closed int
}

func (b *fakeBody) Read(p []byte) (int, error) {
	b.reads++
	if b.closed > 0 {
		return 0, errReadAfterClose
	}
	return b.Reader.Read(p)
}

func (b *fakeBody) Close() error {
	b.closed++
	return errFromClose
}

var (
	errReadAfterClose = errors.New("read after close")
	errFromClose      = errors.New("error of close")
	errBroken         = errors.New("connection broken")
)

// fakeConn is the body of an upgraded connection.
type fakeConn struct {
	fakeBody
	bytes.Buffer
}

func (c *fakeConn) Read(p []byte) (int, error) { return c.fakeBody.Read(p) }

func checkBody(t *testing.T, resp *http.Response, want string) {
	t.Helper()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("reading the body: %v", err)
	}
	if string(got) != want {
		t.Errorf("the body is %d bytes, want %d: %.100q", len(got), len(want), got)
	}
}

func TestPeek_PutsEveryByteBack(t *testing.T) {
	t.Parallel()
	sizes := []int{0, 1, 511, 512, 513, classify.MaxPeek - 1, classify.MaxPeek, classify.MaxPeek + 1, 3 * classify.MaxPeek}
	readers := map[string]func(io.Reader) io.Reader{
		"whole":           func(r io.Reader) io.Reader { return r },
		"by halves":       iotest.HalfReader,
		"EOF with data":   iotest.DataErrReader,
		"byte by byte":    iotest.OneByteReader,
		"no WriterTo etc": func(r io.Reader) io.Reader { return struct{ io.Reader }{r} },
	}
	for name, wrap := range readers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				body := strings.Repeat("surefoot", size/8+1)[:size]
				resp := withBody(500, "")
				resp.Body = io.NopCloser(wrap(strings.NewReader(body)))
				classify.ErrorFrom(resp)
				if err := iotest.TestReader(resp.Body, []byte(body)); err != nil {
					t.Errorf("%d bytes: %v", size, err)
				}
			}
		})
	}
}

func TestPeek_ReadsOnceForAll(t *testing.T) {
	t.Parallel()
	body := &fakeBody{Reader: strings.NewReader(`{"code":"busy"}` + strings.Repeat(" ", 2*classify.MaxPeek))}
	resp := &http.Response{StatusCode: 400, Body: body}
	c := mustNew(t, classify.WithBodyCode(400, "busy", classify.Retryable))
	c.Classify(nil, resp, nil)
	reads := body.reads
	for range 3 {
		if got := c.Classify(nil, resp, nil).Class; got != classify.Retryable {
			t.Errorf("got %v, want retryable", got)
		}
		if got := classify.ErrorFrom(resp).Code; got != "busy" {
			t.Errorf("got %q, want busy", got)
		}
	}
	if body.reads != reads {
		t.Errorf("read %d times more", body.reads-reads)
	}
	// Even after the reader has gone on.
	if _, err := io.CopyN(io.Discard, resp.Body, 10); err != nil {
		t.Error(err)
	}
	if got := classify.ErrorFrom(resp); got.Code != "busy" || len(got.Raw) != classify.MaxPeek {
		t.Errorf("got %q and %d bytes", got.Code, len(got.Raw))
	}
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) != 2*classify.MaxPeek+5 {
		t.Errorf("got %d bytes and %v", len(rest), err)
	}
}

func TestPeek_ReadsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	var counted int
	endless := readerFunc(func(p []byte) (int, error) {
		counted += len(p)
		return len(p), nil
	})
	resp := &http.Response{StatusCode: 500, Body: io.NopCloser(endless)}
	if got := len(classify.ErrorFrom(resp).Raw); got != classify.MaxPeek || counted != classify.MaxPeek {
		t.Errorf("got %d of %d bytes, want %d", got, counted, classify.MaxPeek)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestPeek_HandsOnTheErrorAtItsPlace(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 10, classify.MaxPeek - 1, classify.MaxPeek, classify.MaxPeek + 1} {
		body := strings.Repeat("x", size)
		resp := &http.Response{StatusCode: 500, Body: io.NopCloser(io.MultiReader(
			strings.NewReader(body), iotest.ErrReader(errBroken)))}
		classify.ErrorFrom(resp)
		classify.ErrorFrom(resp)
		got, err := io.ReadAll(resp.Body)
		if string(got) != body || !errors.Is(err, errBroken) {
			t.Errorf("%d bytes: got %d and %v", size, len(got), err)
		}
		if _, err := resp.Body.Read(make([]byte, 1)); !errors.Is(err, errBroken) {
			t.Errorf("%d bytes: got %v at the next read", size, err)
		}
	}
}

func TestPeek_CloseReachesTheOriginal(t *testing.T) {
	t.Parallel()
	body := &fakeBody{Reader: strings.NewReader("{}")}
	resp := &http.Response{StatusCode: 500, Body: body}
	classify.ErrorFrom(resp)
	if err := resp.Body.Close(); !errors.Is(err, errFromClose) || body.closed != 1 {
		t.Errorf("got %v after %d calls", err, body.closed)
	}
	if n, err := resp.Body.Read(make([]byte, 9)); n != 0 || !errors.Is(err, errReadAfterClose) {
		t.Errorf("reading on: got %d bytes and %v, want the original's error", n, err)
	}
	if got := classify.ErrorFrom(resp); string(got.Raw) != "{}" {
		t.Errorf("got %q, want what was remembered", got.Raw)
	}
}

func TestPeek_ClosedWhileItIsRead(t *testing.T) {
	t.Parallel()
	resp := withBody(500, strings.Repeat("x", 2*classify.MaxPeek))
	classify.ErrorFrom(resp)
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = io.Copy(io.Discard, resp.Body) })
	wg.Go(func() { _ = resp.Body.Close() })
	wg.Wait()
}

func TestPeek_BodyOfAClosedResponse(t *testing.T) {
	t.Parallel()
	body := &fakeBody{Reader: strings.NewReader("{}"), closed: 1}
	resp := &http.Response{StatusCode: 500, Body: body}
	if got := classify.ErrorFrom(resp); got == nil || len(got.Raw) != 0 {
		t.Errorf("got %+v, want an error without details", got)
	}
	if _, err := resp.Body.Read(nil); !errors.Is(err, errReadAfterClose) {
		t.Errorf("got %v", err)
	}
}

func TestPeek_NoBodyStaysNone(t *testing.T) {
	t.Parallel()
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		resp := &http.Response{StatusCode: 500, Body: body}
		if got := classify.ErrorFrom(resp); got == nil || got.Raw != nil {
			t.Errorf("got %+v", got)
		}
		if resp.Body != body {
			t.Errorf("got the body %v, want %v", resp.Body, body)
		}
	}
}

func TestPeek_WriterStaysWriter(t *testing.T) {
	t.Parallel()
	conn := &fakeConn{fakeBody: fakeBody{Reader: strings.NewReader(`{"code":"x"}`)}}
	resp := &http.Response{StatusCode: 400, Body: conn}
	for range 2 {
		if got := classify.ErrorFrom(resp).Code; got != "x" {
			t.Errorf("got %q, want x", got)
		}
	}
	w, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatalf("got a %T, want an io.ReadWriteCloser", resp.Body)
	}
	if _, err := io.WriteString(w, "hello"); err != nil || conn.String() != "hello" {
		t.Errorf("got %q and %v", conn.String(), err)
	}
	checkBody(t, resp, `{"code":"x"}`)

	resp = withBody(400, "{}")
	classify.ErrorFrom(resp)
	if _, ok := resp.Body.(io.Writer); ok {
		t.Error("a body that cannot be written to became one that can")
	}
}
