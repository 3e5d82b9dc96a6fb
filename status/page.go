// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/transport"
)

// A Page shows what a transport is doing. It is an [http.Handler]. The zero
// value is not usable; call [Handler]. A Page is safe for concurrent use.
type Page struct {
	config
	stack    *transport.Transport // nil for none
	recorder *recorder
	instance string // tells streams of this page from those of an earlier one
	guard    *http.CrossOriginProtection

	streams atomic.Int64
	closing sync.Once
	closed  chan struct{}
	stop    func()
}

var _ http.Handler = (*Page)(nil)

// Handler returns a page of t, which it listens to from now on, until
// [Page.Close]. Mount it on any path. The page of a nil Transport is empty.
func Handler(t *transport.Transport, opts ...Option) *Page {
	p := &Page{
		stack: t, recorder: newRecorder(), guard: http.NewCrossOriginProtection(),
		closed: make(chan struct{}), stop: func() {},
	}
	for _, o := range opts {
		if o != nil {
			o.apply(&p.config)
		}
	}
	p.instance = strconv.FormatInt(p.recorder.epoch.UnixNano(), 36)
	if t != nil {
		p.stop = t.Observe(p.recorder)
	}
	return p
}

// Close stops listening to the transport and ends all streams. The page goes on
// to answer, with what it knows by then. Hand it to
// [http.Server.RegisterOnShutdown] where somebody may be watching: Shutdown waits
// for streams to end. Close may be called more than once.
func (p *Page) Close() {
	p.closing.Do(func() {
		p.stop()
		close(p.closed)
	})
}

// ServeHTTP answers as the package comment says.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		p.get(w, r)
	case http.MethodPost:
		if p.controls {
			p.post(w, r)
			return
		}
		refuse(w, "GET, HEAD")
	default:
		if p.controls {
			refuse(w, "GET, HEAD, POST")
			return
		}
		refuse(w, "GET, HEAD")
	}
}

func refuse(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}

func (p *Page) get(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	f := filterOf(query)
	switch query.Get("format") {
	case "", "html":
		p.writeHTML(w, f, "page")
	case "live": // for the script of the page: what changes of it
		p.writeHTML(w, f, "live")
	case "json":
		writeJSON(w, http.StatusOK, p.report(f))
	case "events":
		p.follow(w, r)
	default:
		http.Error(w, "format is html, json or events", http.StatusBadRequest)
	}
}

// secure sets the headers of all answers. Nothing may be loaded from anywhere,
// and nothing of the page may be framed, kept, or read by another site.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, forms would have no Origin to check
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// now is the time on the page. To measure by it would be wrong wherever somebody
// sets the clock.
func now() time.Time { return wall(time.Now()) }

// wall returns a time without its monotonic part, as people read it.
func wall(t time.Time) time.Time { return t.UTC().Round(0) }
