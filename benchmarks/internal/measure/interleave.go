// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package measure

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A Subject is one of the things that are compared.
type Subject struct {
	// Name says what it is, in errors.
	Name string
	// Run does the operation n times. Worker counts from 0 and is below the
	// [Plan]'s Workers; each worker runs on a goroutine of its own.
	Run func(worker, n int) error
	// Before is called before each slice and not timed. It may be nil.
	Before func() error
}

// A Plan says how to take turns.
type Plan struct {
	// Slice is about how long one turn takes. Zero stands for 3 ms.
	Slice time.Duration
	// Rounds is how many turns each subject has; at least 1.
	Rounds int
	// Workers is how many goroutines run a slice together; at least 1.
	Workers int
	// Seed makes the order.
	Seed uint64
}

const (
	defaultSlice = 3 * time.Millisecond
	maxOps       = 1 << 24 // of one slice, should an operation take no time at all
)

// Times holds the nanoseconds of one operation: of each subject, by round. An
// operation of several workers takes as long as a worker needs for it.
type Times [][]float64

// Interleave measures all subjects, a slice of each in turn. It stops at the
// first error.
func Interleave(subjects []Subject, p Plan) (Times, error) {
	p = p.withDefaults()
	ops := make([]int, len(subjects))
	for i, s := range subjects {
		n, err := calibrate(s, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		ops[i] = n
	}
	times := make(Times, len(subjects))
	for round := range p.Rounds {
		for _, i := range Order(len(subjects), round, p.Seed) {
			runtime.GC()
			ns, err := slice(subjects[i], ops[i], p.Workers)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", subjects[i].Name, err)
			}
			times[i] = append(times[i], ns)
		}
	}
	return times, nil
}

func (p Plan) withDefaults() Plan {
	if p.Slice <= 0 {
		p.Slice = defaultSlice
	}
	p.Rounds, p.Workers = max(p.Rounds, 1), max(p.Workers, 1)
	return p
}

// Order returns the order in which n subjects have their turns in a round. A
// shuffled order is rotated from round to round, so that each subject has
// every place equally often, and shuffled anew after a whole turn, so that none
// always follows the same one.
func Order(n, round int, seed uint64) []int {
	if n == 0 {
		return nil
	}
	order := rand.New(rand.NewPCG(seed, uint64(round/n))).Perm(n)
	by := round % n
	return slices.Concat(order[by:], order[:by])
}

// calibrate finds how many operations fill a slice.
func calibrate(s Subject, p Plan) (int, error) {
	for n := 1; ; n *= 2 {
		ns, err := slice(s, n, p.Workers)
		if err != nil {
			return 0, err
		}
		took := time.Duration(ns * float64(n))
		if took >= p.Slice/4 || n >= maxOps {
			per := max(ns, 0.1)
			return min(max(int(float64(p.Slice)/per), 1), maxOps), nil
		}
	}
}

// slice runs one turn and returns the nanoseconds of an operation.
func slice(s Subject, n, workers int) (float64, error) {
	if s.Before != nil {
		if err := s.Before(); err != nil {
			return 0, err
		}
	}
	warmup := max(n/32, 1)
	if workers == 1 {
		if err := s.Run(0, warmup); err != nil {
			return 0, err
		}
		start := time.Now()
		err := s.Run(0, n)
		return perOp(time.Since(start), n), err
	}
	return together(s, n, warmup, workers)
}

// together lets all workers begin at once, and returns what an operation took
// them on average.
func together(s Subject, n, warmup, workers int) (float64, error) {
	var (
		ready, done sync.WaitGroup
		begin       = make(chan struct{})
		ns          = make([]float64, workers)
		errs        = make([]error, workers)
	)
	ready.Add(workers)
	for w := range workers {
		done.Go(func() {
			errs[w] = s.Run(w, warmup)
			ready.Done()
			<-begin
			if errs[w] != nil {
				return
			}
			start := time.Now()
			errs[w] = s.Run(w, n)
			ns[w] = perOp(time.Since(start), n)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return mean(ns), errors.Join(errs...)
}

func perOp(d time.Duration, n int) float64 { return float64(d) / float64(n) }
