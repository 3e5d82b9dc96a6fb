// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// ConnectionSizes are the sizes of the 503s in the cases of [Connections].
func ConnectionSizes() []int { return []int{2 << 10, 8 << 10, 64 << 10} }

// ConnectionCase names a case of [Connections].
func ConnectionCase(size int) string {
	return fmt.Sprintf("connections, 20 %% 503s of %d KiB", size>>10)
}

// retryWait is the same for all in the cases of [Connections]: long enough that
// a body which is there already can be read meanwhile, short enough to wait for.
const retryWait = 10 * time.Millisecond

// Connections counts the connections that 2000 calls on 8 goroutines open, and
// those that are still open when all bodies have been read and idle connections
// were closed. Nothing is timed.
func Connections(cfg Config, book *Book) error {
	list := []rivals.Rival{{Name: Bare}}
	for _, r := range Everybody() {
		if r.Retries {
			list = append(list, r)
		}
	}
	for _, size := range ConnectionSizes() {
		for _, r := range list {
			cfg.logf("%s: %s", ConnectionCase(size), r.Name)
			if err := connections(cfg, book, size, r); err != nil {
				return fmt.Errorf("%s: %s: %w", ConnectionCase(size), r.Name, err)
			}
		}
	}
	return nil
}

func connections(cfg Config, book *Book, size int, r rivals.Rival) error {
	const share = 0.2
	s, err := serve(flaky(share, size, uint64(cfg.Pass)+1))
	if err != nil {
		return err
	}
	base := newTransport(false)
	rt := http.RoundTripper(base)
	if r.Tuned != nil {
		// A ratio that nothing reaches keeps all circuits closed.
		if rt, err = r.Tuned(base, rivals.Tuning{Wait: retryWait, MaxWait: retryWait, FailureRatio: 0.8}); err != nil {
			return err
		}
	}
	calls := cfg.scale(2000, 100)
	goroutines := runtime.NumGoroutine()
	good := callAll(rt, s.url, calls)
	client := http.Client{Transport: rt}
	client.CloseIdleConnections()
	base.CloseIdleConnections()
	settle(time.Duration(cfg.scale(1000, 100))*time.Millisecond, func() bool {
		return s.open.Load() == 0 && runtime.NumGoroutine() <= goroutines
	})

	name := ConnectionCase(size)
	book.Add(Key{name, r.Name, Opened}, float64(s.opened.Load()))
	book.Add(Key{name, r.Name, LeftOpen}, float64(s.open.Load()))
	book.Add(Key{name, r.Name, Goroutines}, float64(max(runtime.NumGoroutine()-goroutines, 0)))
	book.Add(Key{name, r.Name, Succeeded}, 100*float64(good)/float64(calls))
	err = s.close()
	settle(100*time.Millisecond, func() bool { return runtime.NumGoroutine() <= goroutines })
	return err
}

// callAll makes the calls on 8 goroutines and returns how many got a 200.
func callAll(rt http.RoundTripper, url string, calls int) int64 {
	const callers = 8
	var left, good atomic.Int64
	left.Store(int64(calls))
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
				if err != nil {
					return
				}
				if status, err := exchange(rt, req); err == nil && status == http.StatusOK {
					good.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return good.Load()
}

// settle waits until done, and no longer than that.
func settle(patience time.Duration, done func() bool) {
	for end := time.Now().Add(patience); !done() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // there is no event to wait for
	}
}
