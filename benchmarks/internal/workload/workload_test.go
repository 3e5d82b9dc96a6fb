// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package workload_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

const nanosecond = time.Nanosecond

func cases() []workload.Case {
	return []workload.Case{
		{Kind: workload.Get, Hosts: 1, Workers: 1},
		{Kind: workload.Get, Hosts: 100, Workers: 2, Cancellable: true},
		{Kind: workload.Post, Hosts: 2, Workers: 1},
		{Kind: workload.Put, Hosts: 1, Workers: 1},
		{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: workload.BodyRead, Troubled: true},
		{Kind: workload.Post, Hosts: 1, Workers: 1, Outcome: workload.OneRetry},
		{Kind: workload.Put, Hosts: 1, Workers: 1, Outcome: workload.OneRetryBody},
		{Kind: workload.Get, Hosts: 3, Workers: 1, Outcome: workload.Rejected},
	}
}

// Every contender goes through every case it can do, the way the case says.
func TestBench_RunsEveryContender(t *testing.T) {
	t.Parallel()
	tuning := rivals.Tuning{Wait: nanosecond, MaxWait: nanosecond, FailureRatio: 0.8, MinRequests: 20, OpenFor: time.Hour}
	for _, c := range cases() {
		for _, r := range append(rivals.All(), rivals.Surefoot()) {
			if c.Outcome.Retries() && !r.Retries || c.Troubled && !r.Retries || c.Outcome == workload.Rejected && !r.Breaks {
				continue
			}
			t.Run(c.String()+"/"+r.Name, func(t *testing.T) {
				t.Parallel()
				b, err := workload.New(c, func(base http.RoundTripper) (http.RoundTripper, error) { return r.Tuned(base, tuning) })
				if err != nil {
					t.Fatal(err)
				}
				defer b.Close()
				if err := b.Trouble(); err != nil {
					t.Error(err)
				}
				for worker := range c.Workers {
					if err := b.Run(worker, 50); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// silent answers without asking the base.
type silent struct{ status int }

func (s silent) RoundTrip(*http.Request) (*http.Response, error) {
	if s.status == 0 {
		return nil, errors.New("no answer")
	}
	return &http.Response{StatusCode: s.status, Body: http.NoBody}, nil
}

// bare is no contender at all.
func bare(base http.RoundTripper) (http.RoundTripper, error) { return base, nil }

func TestBench_FindsOutWhoDoesNotDoTheWork(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, http.StatusOK, http.StatusServiceUnavailable} {
		_, err := workload.New(workload.Case{}, func(http.RoundTripper) (http.RoundTripper, error) { return silent{status}, nil })
		if err == nil {
			t.Errorf("status %d: got no error of a contender that never asks the base", status)
		}
	}
	if _, err := workload.New(workload.Case{Outcome: workload.Rejected}, bare); err == nil {
		t.Error("got no error of a contender without circuits in a case of rejections")
	}
	if _, err := workload.New(workload.Case{Outcome: workload.OneRetry}, bare); err == nil {
		t.Error("got no error of a contender without retries in a case of retries")
	}
}

// What is counted of a contender must be its own.
//
//nolint:paralleltest // counts what the whole process allocates
func TestBench_AllocatesNothingItself(t *testing.T) {
	for _, c := range cases() {
		if c.Outcome == workload.OneRetryBody {
			continue // the base has to make its response anew
		}
		b, err := workload.New(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		count, bytes, err := measure.Allocs(200, func(n int) error { return b.Run(0, n) })
		if err != nil || count > 0.05 {
			t.Errorf("%s: got %v allocations of %v bytes, %v, want none", c, count, bytes, err)
		}
		b.Close()
	}
}
