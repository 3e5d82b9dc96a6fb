// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/status"
)

// A client is a writer as a server has it for one request, whose client reads
// or does not.
type client struct {
	header http.Header
	gone   context.CancelFunc
	done   chan struct{} // closed when the handler has returned

	mu       sync.Mutex
	code     int
	text     strings.Builder
	flushed  int
	stuck    bool
	deadline time.Time
}

func (c *client) Header() http.Header { return c.header }

func (c *client) WriteHeader(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.code = code
}

func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	stuck, deadline := c.stuck, c.deadline
	c.mu.Unlock()
	if stuck { // as a socket does whose buffer is full
		pass(time.Until(deadline))
		return 0, os.ErrDeadlineExceeded
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *client) FlushError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushed = c.text.Len()
	return nil
}

func (c *client) SetWriteDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = at
	return nil
}

func (c *client) SetReadDeadline(time.Time) error { return errors.ErrUnsupported }

// read returns what was flushed, and forgets it.
func (c *client) read() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.text.String()[:c.flushed]
	c.text.Reset()
	c.flushed = 0
	return text
}

func (c *client) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// follow starts a stream.
func follow(t *testing.T, p *status.Page, header ...string) *client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/?format=events", http.NoBody)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c := &client{header: http.Header{}, gone: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		p.ServeHTTP(c, req)
	}()
	synctest.Wait()
	return c
}

// A message is one event of a stream.
type message struct {
	id, event string
	status.Feed
}

// messages takes a stream apart.
func messages(t *testing.T, text string) (list []message) {
	t.Helper()
	var m message
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.event = value
		case "data":
			if err := json.Unmarshal([]byte(value), &m.Feed); err != nil {
				t.Fatalf("%v of %s", err, value)
			}
		case "":
			if m.event != "" {
				list = append(list, m)
			}
			m = message{}
		case "retry":
		default:
			t.Errorf("got line %q", lines.Text())
		}
	}
	return list
}

func rejected(key string) observe.Event {
	return observe.Event{Kind: observe.Rejected, Key: key, Method: "GET", Reason: observe.ReasonOpen, Wait: time.Second}
}

func TestStream_TellsWhatHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t, nil)
		p.Tell(rejected("a"))
		c := follow(t, p)
		if got := c.header; got.Get("Content-Type") != "text/event-stream" || got.Get("Cache-Control") != "no-store" {
			t.Errorf("got headers %v", got)
		}
		text := c.read()
		if !strings.HasPrefix(text, "retry: 3000\n\nid: ") {
			t.Errorf("got %q, want the time to come back after at first", text)
		}
		all := messages(t, text)
		if len(all) != 1 || all[0].event != "feed" || len(all[0].Events) != 1 || all[0].Events[0].Text != "not sent: open, for another 1.0 s" {
			t.Fatalf("got %+v, want what was before", all)
		}

		for range 30 { // in a moment, so they are one event, told once
			p.Tell(rejected("a"))
		}
		p.Tell(rejected("b"))
		if got := c.read(); got != "" {
			t.Errorf("got %q at once, want nothing before a second is over", got)
		}
		pass(time.Second)
		synctest.Wait()
		all = messages(t, c.read())
		if len(all) != 1 || len(all[0].Events) != 2 || all[0].Events[0].Count != 31 || all[0].Events[1].Key != "b" {
			t.Fatalf("got %+v, want a repeated one and a new one", all)
		}

		// Quiet, it shows that it is there.
		pass(16 * time.Second)
		synctest.Wait()
		if got := c.read(); got != ": still here\n\n" {
			t.Errorf("got %q, want a sign of life", got)
		}

		// Come back later, a client gets what it missed, and only that.
		c.gone()
		synctest.Wait()
		if !c.ended() {
			t.Error("got a stream without a client, want it ended")
		}
		p.Tell(rejected("c"))
		c = follow(t, p, "Last-Event-ID", all[0].id)
		if again := messages(t, c.read()); len(again) != 1 || len(again[0].Events) != 1 || again[0].Events[0].Key != "c" {
			t.Errorf("got %+v, want what was missed", again)
		}
		for _, id := range []string{"", "nonsense", "another-3", all[0].Instance + "-x"} {
			c = follow(t, p, "Last-Event-ID", id)
			if again := messages(t, c.read()); len(again) != 1 || len(again[0].Events) != 3 {
				t.Errorf("%q: got %+v, want everything", id, again)
			}
		}
		p.Close()
		synctest.Wait()
		if !c.ended() {
			t.Error("got a stream of a page that is closed, want it ended")
		}
	})
}

// A client that does not read holds nothing up and is dropped.
func TestStream_DropsAClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t, nil)
		slow, quick := follow(t, p), follow(t, p)
		slow.mu.Lock()
		slow.stuck = true
		slow.mu.Unlock()
		for range 5 {
			p.Tell(rejected("a"))
			pass(2 * time.Second)
			synctest.Wait()
			if got := messages(t, quick.read()); len(got) != 1 {
				t.Errorf("got %+v, want what happened, whoever else listens", got)
			}
		}
		if !slow.ended() || quick.ended() {
			t.Errorf("got ended %v and %v, want the slow one dropped", slow.ended(), quick.ended())
		}
	})
}

func TestStream_BoundsItsClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t, nil)
		var all []*client
		for range status.MaxStreams {
			all = append(all, follow(t, p))
		}
		late := follow(t, p)
		if !late.ended() || late.code != http.StatusServiceUnavailable || late.header.Get("Retry-After") == "" {
			t.Errorf("got status %d, want 503", late.code)
		}
		all[3].gone()
		synctest.Wait()
		if next := follow(t, p); next.ended() {
			t.Errorf("got status %d, want the place that is free again", next.code)
		}
		if resp := ask(t, p, "GET", "", ""); resp.StatusCode != 200 {
			t.Errorf("got status %d, want the page itself for everybody", resp.StatusCode)
		}
	})
}

// The feed keeps the last events, whatever comes.
func TestFeed_IsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t, nil)
		for i := range 3 * status.FeedSize {
			p.Tell(observe.Event{Kind: observe.CircuitOpened, Key: "a", Wait: time.Duration(i) * time.Second})
			p.Tell(rejected("b"))
			pass(100 * time.Millisecond)
		}
		feed := report(t, p, "").Feed
		if len(feed) != status.FeedSize {
			t.Fatalf("got %d events, want %d", len(feed), status.FeedSize)
		}
		opened, repeats := 0, 0
		for i, e := range feed {
			if i > 0 && e.ID != feed[i-1].ID-1 {
				t.Fatalf("got %d after %d, want the newest first", e.ID, feed[i-1].ID)
			}
			switch e.Kind {
			case "circuit_opened":
				opened++
				if e.Count != 1 {
					t.Errorf("got %+v, want changes one by one", e)
				}
			case "rejected":
				repeats = max(repeats, e.Count)
				if e.Last.Sub(e.At) >= 2*time.Second {
					t.Errorf("got %+v, want repeats within two seconds", e)
				}
			}
		}
		if opened < 150 || repeats != 20 {
			t.Errorf("got %d changes and %d repeats at most, want most of them changes, and 20", opened, repeats)
		}
	})
}
