// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/trip"
)

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
	time.Sleep(20 * time.Millisecond) //nolint:forbidigo // from the base into the wait, which nothing tells
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
