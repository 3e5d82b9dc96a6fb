// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"

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

func answer(req *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}
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
