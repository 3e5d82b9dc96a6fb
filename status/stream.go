// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// streamEvery is how often a stream looks for news, and so the most often
	// that it sends some.
	streamEvery = time.Second
	// streamAlive is after how long without news a stream says that it is there,
	// by which it finds out that nobody is at the other end.
	streamAlive = 15 * time.Second
	// streamPatience is how long a client may take to read.
	streamPatience = 5 * time.Second
)

// follow streams the feed. There is no queue: a stream knows the version of the
// feed that it has sent, and takes what is newer, of which there are at most
// FeedSize events. All of it runs on the goroutine of the request.
func (p *Page) follow(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many clients follow the feed, or it has ended", http.StatusServiceUnavailable)
		return
	}
	defer p.streams.Add(-1)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold it back
	if r.ProtoMajor == 1 {
		h.Set("Connection", "close") // a stream's end; over HTTP/2 it would end those of others too
	}
	if r.Method == http.MethodHead {
		return
	}
	out := &stream{page: p, w: w, ctl: http.NewResponseController(w), version: p.resume(r.Header.Get("Last-Event-ID"))}
	_ = out.ctl.SetReadDeadline(time.Time{}) // a server's limit for requests would end the stream
	if out.write([]byte("retry: 3000\n\n")) != nil {
		return
	}
	ticker := time.NewTicker(streamEvery)
	defer ticker.Stop()
	for out.news() == nil {
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-p.closed:
			return
		}
	}
}

// enter takes a place among the streams.
func (p *Page) enter() bool {
	select {
	case <-p.closed:
		return false
	default:
	}
	if p.streams.Add(1) > MaxStreams {
		p.streams.Add(-1)
		return false
	}
	return true
}

// resume returns the version that a client has seen, which it got as the id of
// an event: "instance-version".
func (p *Page) resume(id string) uint64 {
	instance, version, _ := strings.Cut(id, "-")
	if n, err := strconv.ParseUint(version, 10, 64); err == nil && instance == p.instance {
		return n
	}
	return 0
}

// A stream is the way to one client.
type stream struct {
	page    *Page
	w       http.ResponseWriter
	ctl     *http.ResponseController
	version uint64
	sent    time.Time // when something was
}

// news sends what is new, if anything is.
func (s *stream) news() error {
	events, version := s.page.recorder.feed.since(s.version)
	if len(events) == 0 {
		if time.Since(s.sent) >= streamAlive {
			return s.write([]byte(": still here\n\n"))
		}
		return nil
	}
	data, err := json.Marshal(Feed{Instance: s.page.instance, Events: events})
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	s.version = version
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %s-%d\nevent: feed\ndata: %s\n\n", s.page.instance, version, data)
	return s.write(b.Bytes())
}

// write gives up on a client that does not read. Where the server knows no
// deadlines, its own have to do. Between writes there is none: HTTP/2 resets a stream
// at its deadline, whether or not anybody writes.
func (s *stream) write(p []byte) error {
	_ = s.ctl.SetWriteDeadline(time.Now().Add(streamPatience))
	defer func() { _ = s.ctl.SetWriteDeadline(time.Time{}) }()
	if _, err := s.w.Write(p); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	if err := s.ctl.Flush(); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	s.sent = time.Now()
	return nil
}
