// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What calls ask for.
const (
	itemPath    = "/items/"
	paymentPath = "/payments"
	// fromUpstream marks the answers of the upstream: what lacks it was made by
	// the proxy.
	fromUpstream = "X-Upstream"
	keyHeader    = "Idempotency-Key"
	// sendHeader numbers what the client's layers send. What net/http sends again
	// beneath them has the same number.
	sendHeader = "X-Send"
)

// payload makes bodies about as long as real ones.
const payload = 1500

// A document is the body of every request and answer.
type document struct {
	ID      string
	Payload string
}

func newDocument(id string) []byte {
	data, err := json.Marshal(document{id, strings.Repeat("x", payload)})
	if err != nil {
		return nil // cannot be: strings only
	}
	return data
}

// whole reports whether data is a whole document of that id.
func whole(data []byte, id string) bool {
	var d document
	return json.Unmarshal(data, &d) == nil && d.ID == id && len(d.Payload) == payload
}

// A mishap is what befalls a request at the upstream, after it was applied.
type mishap int

const (
	none    mishap = iota
	cut            // the connection is closed without an answer
	late           // no answer comes until the proxy has given up
	endless        // a 503 whose body does not end until the proxy has given up
)

// An upstream is the service behind a proxy. It applies each POST that arrives
// whole, as often as it arrives, except for one with a key that it knows. It is
// safe for concurrent use.
type upstream struct {
	address string
	work    time.Duration                   // what each request takes
	mishap  func(id string, nth int) mishap // of the nth request of a call, from 1; nil for none

	server *http.Server // another one each time that it is up
	done   chan struct{}

	handlers sync.RWMutex // held for reading by each, and for ever by close
	serving  atomic.Int64 // requests that are not done with: streams that are open, too

	mu      sync.Mutex
	arrived map[string]int      // requests of each call
	applied map[string][]string // payments of each call, by the numbers of their sends
	keys    map[string]bool     // that were seen
}

func newUpstream(ctx context.Context, work time.Duration, m func(string, int) mishap) (*upstream, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	u := &upstream{
		address: address, work: work, mishap: m,
		arrived: map[string]int{}, applied: map[string][]string{}, keys: map[string]bool{},
	}
	return u, u.up(ctx)
}

// up makes the upstream listen. It must be down.
func (u *upstream) up(ctx context.Context) error {
	l, err := listen(ctx, u.address)
	if err != nil {
		return err
	}
	u.done = make(chan struct{})
	u.server = &http.Server{ //nolint:gosec // only the proxy comes here
		Handler: u, ErrorLog: log.New(io.Discard, "", 0), //nolint:forbidigo // to say nothing
	}
	go func(s *http.Server, done chan struct{}) {
		defer close(done)
		_ = s.Serve(l) // it ends by Close
	}(u.server, u.done)
	return nil
}

// down makes it go as soon as it has answered what it was asked, so that no
// request is cut off: that is another case.
func (u *upstream) down(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := u.server.Shutdown(ctx)
	<-u.done
	return err
}

// close makes it go for good, and returns when nothing more will be applied. It
// must be called once.
func (u *upstream) close() {
	_ = u.server.Close()
	<-u.done
	u.handlers.Lock()
}

// ServeHTTP answers one request.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.handlers.RLock()
	defer u.handlers.RUnlock()
	u.serving.Add(1)
	defer u.serving.Add(-1)
	id, ok := strings.CutPrefix(r.URL.Path, itemPath)
	if !ok {
		body, err := io.ReadAll(r.Body)
		var d document
		if err != nil || json.Unmarshal(body, &d) != nil || !whole(body, d.ID) {
			http.Error(w, "not whole", http.StatusBadRequest) // and nothing is applied
			return
		}
		id = d.ID
	}
	nth := u.settle(id, r)
	pause(r.Context(), u.work)
	if u.mishap != nil {
		switch u.mishap(id, nth) {
		case none:
		case cut:
			panic(http.ErrAbortHandler) //nolint:forbidigo // how a handler cuts its connection
		case late:
			pause(r.Context(), patience) // until the proxy hangs up
			return
		case endless:
			u.talk(w, r, id)
			panic(http.ErrAbortHandler) //nolint:forbidigo // as above
		}
	}
	w.Header().Set(fromUpstream, "yes")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(newDocument(id)) //nolint:gosec // JSON for a test; an error means that the proxy has gone
}

// talk answers with a 503 and goes on until the proxy hangs up.
func (u *upstream) talk(w http.ResponseWriter, r *http.Request, id string) {
	w.Header().Set(fromUpstream, "yes")
	w.WriteHeader(http.StatusServiceUnavailable)
	for r.Context().Err() == nil {
		if _, err := w.Write(newDocument(id)); err != nil { //nolint:gosec // JSON for a test
			return
		}
		_ = http.NewResponseController(w).Flush() // as for the write
		pause(r.Context(), time.Millisecond)
	}
}

// settle counts a request, applies it if it is a payment, and returns how many
// of its call have arrived.
func (u *upstream) settle(id string, r *http.Request) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.arrived[id]++
	key := r.Header.Get(keyHeader)
	if r.Method == http.MethodPost && !u.keys[key] {
		u.applied[id] = append(u.applied[id], r.Header.Get(sendHeader))
		if key != "" {
			u.keys[key] = true
		}
	}
	return u.arrived[id]
}

// settled returns how many requests it is still at when all calls have ended. A
// drain in the background may take a moment, and the proxy its timeout.
func (u *upstream) settled(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = await(ctx, "all requests are done with", func() bool { return u.serving.Load() == 0 }) // the count tells
	return int(u.serving.Load())
}

// counts returns how often a call's request arrived, how often its payment was
// applied, and by how many sends of the client's layers.
func (u *upstream) counts(id string) (arrived, paid, sends int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	by := u.applied[id]
	return u.arrived[id], len(by), len(slices.Compact(slices.Sorted(slices.Values(by))))
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
