// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// BenchmarkWait is how long a rejected call waits to say that it wants the lease,
// while so many circuits are open: in the mean, and at worst.
func BenchmarkWait(b *testing.B) {
	for _, keys := range []int{100, 10_000} {
		b.Run(fmt.Sprint(keys, " keys"), func(b *testing.B) {
			f, err := fleet.NewWith(forgetful{fleettest.NewServer().Engine()}, fleet.WithQuorum(1, 0), fleet.WithQueue(20_000),
				fleet.WithMaxKeys(20_000), fleet.WithReconcileEvery(100*time.Millisecond))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			link := f.ShareCircuits(&breakers{})
			for i := range keys {
				link.Opened(fmt.Sprint("key ", i), time.Second+time.Duration(i)*time.Millisecond)
			}
			for len(f.Snapshot().Keys) < keys {
				time.Sleep(time.Millisecond)
			}
			ctx, stop := context.WithCancel(b.Context())
			var others sync.WaitGroup
			others.Go(func() { // the status page
				for ctx.Err() == nil {
					f.Snapshot()
					time.Sleep(50 * time.Millisecond)
				}
			})
			var worst, sum time.Duration
			n := 0
			b.ResetTimer()
			for b.Loop() {
				time.Sleep(20 * time.Microsecond)
				key := fmt.Sprint("key ", n%keys)
				began := time.Now()
				link.Wanted(key)
				took := time.Since(began)
				worst, sum, n = max(worst, took), sum+took, n+1
			}
			b.StopTimer()
			stop()
			others.Wait()
			b.ReportMetric(float64(worst.Microseconds()), "µs-worst")
			b.ReportMetric(float64(sum.Nanoseconds())/float64(n), "ns-mean")
		})
	}
}

// forgetful is an engine that never says that nothing has changed.
type forgetful struct{ fleet.Engine }

func (e forgetful) List(ctx context.Context, namespace, instance string, _ fleet.Mark) (fleet.List, error) {
	return e.Engine.List(ctx, namespace, instance, fleet.Mark{})
}
