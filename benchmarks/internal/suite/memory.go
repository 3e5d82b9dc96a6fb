// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/trip"
)

// Cases of [Memory].
const (
	UploadCase   = "memory: upload of 64 MiB, sent twice"
	IdleCase     = "memory: 10 000 idle hosts"
	ManyIdleCase = "memory: 100 000 idle hosts"
	WaitingCase  = "memory: 10 000 calls waiting for their next attempt"
)

// Memory tells what contenders hold on to. Nothing is timed.
func Memory(cfg Config, book *Book) error {
	list := append([]rivals.Rival{{Name: Bare, Retries: true, Cancellable: true}}, Everybody()...)
	for _, r := range list {
		cfg.logf("memory: %s", r.Name)
		if r.Retries && r.Tuned != nil {
			if err := upload(cfg, book, r); err != nil {
				return fmt.Errorf("%s: %s: %w", UploadCase, r.Name, err)
			}
		}
		if r.Tuned != nil {
			if err := idle(book, IdleCase, r, cfg.scale(10_000, 500)); err != nil {
				return fmt.Errorf("%s: %s: %w", IdleCase, r.Name, err)
			}
			if err := idle(book, ManyIdleCase, r, cfg.scale(100_000, 1000)); err != nil {
				return fmt.Errorf("%s: %s: %w", ManyIdleCase, r.Name, err)
			}
		}
		if r.Retries {
			if err := waiting(cfg, book, r); err != nil {
				return fmt.Errorf("%s: %s: %w", WaitingCase, r.Name, err)
			}
		}
	}
	return nil
}

// held returns the bytes that are in use after a collection: of the heap, and
// of stacks.
func held() (heap, stacks float64) {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc), float64(m.StackInuse)
}

// zeros is a body that is in no memory.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

func (z *zeros) Close() error { return nil }

func answer(req *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}
}

// upload sends a body of 64 MiB, has it refused at its end, and sends it again.
func upload(cfg Config, book *Book, r rivals.Rival) error {
	size := int64(cfg.scale(64<<20, 4<<20))
	attempts, heap := 0, 0.0
	buffer := make([]byte, 32<<10)
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		sent, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{req.Body}, buffer)
		if err == nil && sent != size {
			err = fmt.Errorf("sent %d bytes, want %d", sent, size)
		}
		heap, _ = held() // the whole body has been read, and the call still runs
		_ = req.Body.Close()
		if attempts++; attempts == 1 {
			return answer(req, http.StatusServiceUnavailable), err
		}
		return answer(req, http.StatusOK), err
	})
	rt, err := r.Tuned(base, caseTuning())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, "https://host.example.com/", &zeros{size})
	if err != nil {
		return err
	}
	req.ContentLength = size
	req.GetBody = func() (io.ReadCloser, error) { return &zeros{size}, nil }
	before, _ := held()
	var was, is runtime.MemStats
	runtime.ReadMemStats(&was)
	status, err := exchange(rt, req)
	runtime.ReadMemStats(&is)
	if err == nil && (status != http.StatusOK || attempts != 2) {
		err = fmt.Errorf("got %d after %d attempts", status, attempts)
	}
	book.Add(Key{UploadCase, r.Name, TotalBytes}, float64(is.TotalAlloc-was.TotalAlloc))
	book.Add(Key{UploadCase, r.Name, LiveBytes}, max(heap-before, 0))
	return err
}

// idle calls each of many hosts once, and tells what is held for each.
func idle(book *Book, name string, r rivals.Rival, hosts int) error {
	base := trip.Func(func(req *http.Request) (*http.Response, error) { return answer(req, http.StatusOK), nil })
	urls := make([]*url.URL, hosts)
	for i := range urls {
		urls[i] = &url.URL{Scheme: "https", Host: fmt.Sprintf("host-%d.example.com", i), Path: "/"}
	}
	before, _ := held()
	rt, err := documented(r, base)
	if err != nil {
		return err
	}
	for _, u := range urls {
		req := (&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}}).WithContext(context.Background())
		if _, err := exchange(rt, req); err != nil {
			return err
		}
	}
	after, _ := held()
	book.Add(Key{name, r.Name, LiveBytes}, max(after-before, 0))
	runtime.KeepAlive(rt)
	runtime.KeepAlive(urls)
	return nil
}

// waiting starts many calls, each to a host of its own so that no circuit
// opens and no budget ends, and looks at them when all wait. The bare base
// waits itself: that is what a call costs in any case.
func waiting(cfg Config, book *Book, r rivals.Rival) error {
	calls := cfg.scale(10_000, 500)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var reached atomic.Int64
	base := http.RoundTripper(trip.Func(func(req *http.Request) (*http.Response, error) {
		reached.Add(1)
		if r.Tuned == nil {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}
		if req.Method == http.MethodHead { // prepares the host
			return answer(req, http.StatusOK), nil
		}
		return answer(req, http.StatusServiceUnavailable), nil
	}))
	wait := time.Hour
	if !r.Cancellable {
		wait = time.Duration(cfg.scale(3000, 500)) * time.Millisecond // it has to be waited for
	}
	rt := base
	if r.Tuned != nil {
		var err error
		if rt, err = r.Tuned(base, rivals.Tuning{Attempts: 2, Wait: wait, MaxWait: wait}); err != nil {
			return err
		}
	}
	requests := make([]*http.Request, calls)
	for i := range requests {
		requests[i] = (&http.Request{
			Method: http.MethodGet, Header: http.Header{},
			URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("host-%d.example.com", i), Path: "/"},
		}).WithContext(ctx)
		if r.Tuned != nil {
			prepare := *requests[i]
			prepare.Method = http.MethodHead
			if _, err := exchange(rt, &prepare); err != nil {
				return err
			}
		}
	}
	return wakeAll(book, r, rt, requests, &reached, cancel)
}

func wakeAll(book *Book, r rivals.Rival, rt http.RoundTripper, requests []*http.Request, reached *atomic.Int64, cancel func()) error {
	calls := len(requests)
	reached.Store(0)
	heapBefore, stacksBefore := held()
	goroutines := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for _, req := range requests {
		wg.Go(func() { _, _ = exchange(rt, req) })
	}
	settle(2*time.Second, func() bool { return reached.Load() >= int64(calls) })
	time.Sleep(20 * time.Millisecond) // from the base into the wait
	heap, stacks := held()
	extra := runtime.NumGoroutine() - goroutines - calls
	got := reached.Load()
	cancel()
	wg.Wait()
	if got != int64(calls) {
		return fmt.Errorf("%d of %d calls made one attempt", got, calls)
	}
	book.Add(Key{WaitingCase, r.Name, PerCall}, 1+float64(extra)/float64(calls))
	book.Add(Key{WaitingCase, r.Name, LiveBytes}, (heap+stacks-heapBefore-stacksBefore)/float64(calls))
	runtime.KeepAlive(requests)
	return nil
}
