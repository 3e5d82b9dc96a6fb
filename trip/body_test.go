// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/surefoot-go/surefoot/trip"
)

var (
	errCut   = errors.New("cut")
	errClose = errors.New("close")
)

// body notes when it is closed.
type body struct {
	io.Reader
	log *[]string
}

func (b *body) Close() error {
	*b.log = append(*b.log, "closed")
	return errClose
}

func newBody(r io.Reader) *body { return &body{r, new([]string)} }

func TestCloseBody_ClosesWhatIsThere(t *testing.T) {
	t.Parallel()
	trip.CloseBody(nil)
	trip.CloseBody(&http.Request{})
	b := newBody(nil)
	trip.CloseBody(&http.Request{Body: b})
	if want := []string{"closed"}; !slices.Equal(*b.log, want) {
		t.Errorf("got %q, want %q", *b.log, want)
	}
}

func TestWatchBody_TellsTheEndOnce(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("unpack: %w", io.EOF)
	rows := []struct {
		name string
		body io.Reader
		use  func(io.ReadCloser)
		want error
	}{
		{"at its end", strings.NewReader("abc"), readAll, nil},
		{"at an end that comes with the last bytes", iotest.DataErrReader(strings.NewReader("abc")), readAll, nil},
		{"when it breaks", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errCut)), readAll, errCut},
		{"when it is cut short", iotest.ErrReader(io.ErrUnexpectedEOF), readAll, io.ErrUnexpectedEOF},
		{"when it breaks with an error that wraps io.EOF", iotest.ErrReader(wrapped), readAll, wrapped},
		{"when it is closed unread", strings.NewReader("abc"), closeIt, trip.ErrBodyClosed},
		{"when it is closed half read", strings.NewReader("abc"), func(b io.ReadCloser) {
			_, _ = b.Read(make([]byte, 1))
			closeIt(b)
		}, trip.ErrBodyClosed},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var ends []error
			resp := &http.Response{Body: newBody(row.body)}
			if !trip.WatchBody(resp, func(err error) { ends = append(ends, err) }) {
				t.Error("got false, want the body watched")
			}
			if len(ends) != 0 {
				t.Errorf("got %v before anything was read, want nothing", ends)
			}
			row.use(resp.Body)
			readAll(resp.Body)
			closeIt(resp.Body)
			if len(ends) != 1 || ends[0] != row.want { //nolint:errorlint // the very same
				t.Errorf("got ends %v, want one, %v", ends, row.want)
			}
		})
	}
}

func readAll(b io.ReadCloser) { _, _ = io.Copy(io.Discard, b) }
func closeIt(b io.ReadCloser) { _ = b.Close() }

func TestWatchBody_ChangesNothingForTheReader(t *testing.T) {
	t.Parallel()
	b := newBody(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errCut)))
	resp := &http.Response{Body: b}
	trip.WatchBody(resp, func(err error) { *b.log = append(*b.log, "ended") })
	got, err := io.ReadAll(resp.Body)
	if string(got) != "abc" || err != errCut { //nolint:errorlint // the very same
		t.Errorf("got %q, %v, want the bytes and the error of the body", got, err)
	}
	if err := resp.Body.Close(); err != errClose { //nolint:errorlint // the very same
		t.Errorf("got %v, want the error of Close", err)
	}
	if want := []string{"ended", "closed"}; !slices.Equal(*b.log, want) {
		t.Errorf("got %q, want %q", *b.log, want)
	}
	if _, can := resp.Body.(io.Writer); can {
		t.Error("got a body that can be written to, want one as before")
	}
}

func TestWatchBody_LeavesAloneWhatCannotBreak(t *testing.T) {
	t.Parallel()
	conn := newBody(nil)
	rows := []struct {
		name string
		resp *http.Response
		want io.ReadCloser
	}{
		{"a response without a body", &http.Response{}, nil},
		{"http.NoBody", &http.Response{Body: http.NoBody}, http.NoBody},
		{"a connection after 101", &http.Response{StatusCode: http.StatusSwitchingProtocols, Body: conn}, conn},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if trip.WatchBody(row.resp, func(error) { t.Error("got a call of end, want none") }) {
				t.Error("got true, want the body left alone")
			}
			if row.resp.Body != row.want {
				t.Errorf("got body %v, want %v", row.resp.Body, row.want)
			}
		})
	}
	if trip.WatchBody(nil, nil) {
		t.Error("got true for no response, want false")
	}
}

type writable struct {
	*body
	strings.Builder
}

func TestWatchBody_KeepsWrite(t *testing.T) {
	t.Parallel()
	b := &writable{body: newBody(strings.NewReader("abc"))}
	resp := &http.Response{Body: b}
	ends := 0
	trip.WatchBody(resp, func(error) { ends++ })
	conn, can := resp.Body.(io.ReadWriteCloser)
	if !can {
		t.Fatalf("got %T, want an io.ReadWriteCloser", resp.Body)
	}
	if _, err := io.WriteString(conn, "ping"); err != nil || b.String() != "ping" {
		t.Errorf("got %q, %v, want what was written", b.String(), err)
	}
	readAll(conn)
	if ends != 1 {
		t.Errorf("got %d ends, want 1", ends)
	}
}

// A body may be closed by one goroutine while another reads it.
func TestWatchBody_TellsTheEndOnceToo_WhenReadAndClosedAtOnce(t *testing.T) {
	t.Parallel()
	for range 100 {
		reader, writer := io.Pipe()
		resp := &http.Response{Body: reader}
		ends := make(chan error, 4)
		trip.WatchBody(resp, func(err error) { ends <- err })
		var users sync.WaitGroup
		users.Go(func() { _ = writer.Close() })
		users.Go(func() { readAll(resp.Body) })
		users.Go(func() { closeIt(resp.Body) })
		users.Wait()
		if len(ends) != 1 {
			t.Fatalf("got %d ends, want 1", len(ends))
		}
	}
}
