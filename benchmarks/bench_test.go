// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package benchmarks_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

func cases() []workload.Case {
	return []workload.Case{
		{Kind: workload.Get, Hosts: 1, Workers: 1},
		{Kind: workload.Get, Hosts: 100, Workers: 1},
		{Kind: workload.Get, Hosts: 10_000, Workers: 1},
		{Kind: workload.Post, Hosts: 1, Workers: 1},
		{Kind: workload.Put, Hosts: 1, Workers: 1},
		{Kind: workload.Get, Hosts: 1, Workers: 2},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.BodyRead},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.OneRetry},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.Rejected},
	}
}

// BenchmarkCall is Call/CONTENDER/CASE.
func BenchmarkCall(b *testing.B) {
	tuning := rivals.Tuning{
		Wait: time.Nanosecond, MaxWait: time.Nanosecond,
		FailureRatio: 0.8, MinRequests: 20, OpenFor: time.Hour,
	}
	contenders := append(rivals.All(), rivals.Surefoot(), rivals.Rival{Name: "bare", Retries: true, Breaks: true})
	for _, r := range contenders {
		b.Run(r.Name, func(b *testing.B) {
			for _, c := range cases() {
				if c.Outcome.Retries() && !r.Retries || c.Outcome == workload.Rejected && !r.Breaks {
					continue
				}
				b.Run(c.String(), func(b *testing.B) { call(b, c, r, tuning) })
			}
		})
	}
}

func call(b *testing.B, c workload.Case, r rivals.Rival, t rivals.Tuning) {
	b.Helper()
	var build rivals.Build
	if r.Tuned != nil {
		build = func(base http.RoundTripper) (http.RoundTripper, error) { return r.Tuned(base, t) }
	}
	bench, err := workload.New(c, build)
	if err != nil {
		b.Fatal(err)
	}
	defer bench.Close()
	b.ReportAllocs()
	if c.Workers == 1 {
		for b.Loop() {
			if err := bench.Run(0, 1); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	var worker atomic.Int32
	b.SetParallelism(1) // with GOMAXPROCS=2, two goroutines
	b.RunParallel(func(pb *testing.PB) {
		w := int(worker.Add(1)-1) % c.Workers
		for pb.Next() {
			if err := bench.Run(w, 1); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
