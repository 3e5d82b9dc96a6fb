// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"errors"
	"hash/maphash"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
)

// IngredientCase is the case under which ingredients are noted.
const IngredientCase = "ingredients"

// ingredient is something that wrappers are made of.
type ingredient struct {
	name string
	op   func()
}

func (in ingredient) times(n int) {
	for range n {
		in.op()
	}
}

// sinks keep results alive, so that the compiler does the work.
type sinks struct {
	time time.Time
	ns   time.Duration
	req  *http.Request
	ctx  context.Context //nolint:containedctx // nobody uses it
	word uint64
	any  any
	err  error
}

// Ingredients measures what wrappers are made of: the floor under each of them.
func Ingredients(cfg Config, book *Book) error {
	cfg.logf("ingredients")
	list, err := ingredients(new(sinks))
	if err != nil {
		return err
	}
	subjects := make([]measure.Subject, len(list))
	for i, in := range list {
		subjects[i] = measure.Subject{Name: in.name, Run: func(_, n int) error { in.times(n); return nil }}
		count, bytes, err := measure.Allocs(cfg.scale(1000, 100), func(n int) error { in.times(n); return nil })
		if err != nil {
			return err
		}
		book.Add(Key{Case: IngredientCase, Contender: in.name, Metric: Allocs}, count)
		book.Add(Key{Case: IngredientCase, Contender: in.name, Metric: TotalBytes}, bytes)
	}
	times, err := measure.Interleave(subjects, cfg.plan(1))
	if err != nil {
		return err
	}
	for i, in := range list {
		book.Add(Key{Case: IngredientCase, Contender: in.name, Metric: NS},
			measure.Median(measure.Added(times[i], times[0])))
	}
	return nil
}

func ingredients(s *sinks) ([]ingredient, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://host.example.com/v1/things", http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "surefoot-benchmarks")
	list := []ingredient{{"an empty loop", func() {}}}
	list = append(list, clockIngredients(s)...)
	list = append(list, breakerIngredients(s)...)
	list = append(list, requestIngredients(s, req)...)
	return append(list, stateIngredients(s)...), nil
}

func clockIngredients(s *sinks) []ingredient {
	began := time.Now()
	template := backoff.ExponentialBackOff{
		InitialInterval: time.Nanosecond, MaxInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2,
		Stop: backoff.Stop, Clock: backoff.SystemClock,
	}
	return []ingredient{
		{"`time.Now`", func() { s.time = time.Now() }},
		{"`time.Since`, monotonic", func() { s.ns = time.Since(began) }},
		{"`time.NewTimer` and `Stop`", func() { time.NewTimer(time.Minute).Stop() }},
		{"`time.Sleep` of 1 ns", func() { time.Sleep(time.Nanosecond) }}, //nolint:forbidigo // is measured
		{"a timer of 1 ns, waited for", func() { <-time.NewTimer(time.Nanosecond).C }},
		{"`NewExponentialBackOff` and `NextBackOff`", func() { s.ns = backoff.NewExponentialBackOff().NextBackOff() }},
		{"a backoff policy copied by value, and `NextBackOff`", func() {
			policy := template
			policy.Reset()
			s.ns = policy.NextBackOff()
		}},
	}
}

func breakerIngredients(s *sinks) []ingredient {
	closed := gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{Interval: 10 * time.Second})
	open := gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout: time.Hour, ReadyToTrip: func(gobreaker.Counts) bool { return true },
	})
	down := errors.New("down")
	_, _ = open.Execute(func() (struct{}, error) { return struct{}{}, down })
	two := gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{Interval: 10 * time.Second})
	good := func() (struct{}, error) { return struct{}{}, nil }
	return []ingredient{
		{"gobreaker `Execute`, closed", func() { _, s.err = closed.Execute(good) }},
		{"gobreaker `Execute`, open: a rejection", func() { _, s.err = open.Execute(good) }},
		{"gobreaker `Allow` and `done`, closed", func() {
			if done, err := two.Allow(); err == nil {
				done(nil)
			}
		}},
	}
}

func requestIngredients(s *sinks, req *http.Request) []ingredient {
	parent, cancel := context.WithCancel(context.Background()) //nolint:gosec // never canceled: it has to stay as it is
	s.any = cancel
	return []ingredient{
		{"`context.WithTimeout` and `cancel`", func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			s.ctx = ctx
			cancel()
		}},
		{"`context.WithTimeout` and `cancel`, of a parent that can end", func() {
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			s.ctx = ctx
			cancel()
		}},
		{"`req.Clone`, two headers", func() { s.req = req.Clone(req.Context()) }},
		{"`req.WithContext`", func() { s.req = req.WithContext(req.Context()) }},
		{"`ctx.Err` of a context that can end", func() { s.err = parent.Err() }},
	}
}

func stateIngredients(s *sinks) []ingredient {
	var (
		hosts sync.Map
		plain = map[string]*atomic.Uint64{}
		count atomic.Uint64
		mu    sync.Mutex
		seed  = maphash.MakeSeed()
		name  = "host-1.example.com"
	)
	hosts.Store(name, &count)
	plain[name] = &count
	return []ingredient{
		{"`sync.Map.Load` by host", func() { s.any, _ = hosts.Load(name) }},
		{"a look-up by host in a plain map", func() { s.word = plain[name].Load() }},
		{"`maphash.String` of a host", func() { s.word = maphash.String(seed, name) }},
		{"an atomic addition", func() { count.Add(1) }},
		{"an atomic compare-and-swap", func() { v := count.Load(); count.CompareAndSwap(v, v+1) }},
		{"`Lock` and `Unlock`", func() { mu.Lock(); s.word++; mu.Unlock() }},
	}
}
