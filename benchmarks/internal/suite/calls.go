// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"fmt"
	"slices"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// hostCounts are the numbers of hosts that cases visit.
var hostCounts = []int{1, 100, 10_000} //nolint:gochecknoglobals // a constant list

// Cases returns the cases of [Calls]. The selection varies one thing at a time
// around the main case; full has all combinations.
func Cases(full bool) []workload.Case {
	if full {
		return grid()
	}
	const one, two = 1, 2
	list := []workload.Case{}
	add := func(kind workload.Kind, outcome workload.Outcome, workers int, hosts ...int) {
		for _, h := range hosts {
			list = append(list, workload.Case{Kind: kind, Hosts: h, Workers: workers, Outcome: outcome})
		}
	}
	add(workload.Get, workload.Success, one, hostCounts...)
	add(workload.Post, workload.Success, one, hostCounts...)
	add(workload.Put, workload.Success, one, 1)
	add(workload.Get, workload.Success, two, hostCounts...)
	add(workload.Post, workload.Success, two, 1)
	list = append(list, workload.Case{Kind: workload.Get, Hosts: 1, Workers: one, Cancellable: true})

	add(workload.Get, workload.BodyRead, one, 1, 100)
	add(workload.Get, workload.BodyRead, two, 1)

	add(workload.Get, workload.OneRetry, one, 1, 100)
	add(workload.Post, workload.OneRetry, one, 1)
	add(workload.Put, workload.OneRetry, one, 1)
	add(workload.Get, workload.OneRetry, two, 1)
	list = append(list, workload.Case{Kind: workload.Get, Hosts: 1, Workers: one, Outcome: workload.OneRetry, Cancellable: true})
	add(workload.Get, workload.OneRetryBody, one, 1)

	add(workload.Get, workload.Rejected, one, 1, 100)
	add(workload.Post, workload.Rejected, one, 1)
	add(workload.Get, workload.Rejected, two, 1)
	return list
}

// telling reports whether a case is one of those that show that all of it
// works: every outcome once, and a request with a body.
func telling(c workload.Case) bool {
	plain := c.Hosts == 1 && !c.Cancellable
	return plain && (c.Kind == workload.Get && (c.Workers == 1 || c.Outcome == workload.Success) ||
		c.Kind == workload.Post && c.Workers == 1 && c.Outcome == workload.Success)
}

func grid() []workload.Case {
	var list []workload.Case
	for o := workload.Success; o <= workload.Rejected; o++ {
		for _, workers := range []int{1, 2} {
			for k := workload.Get; k <= workload.Put; k++ {
				for _, hosts := range hostCounts {
					list = append(list, workload.Case{Kind: k, Hosts: hosts, Workers: workers, Outcome: o})
				}
			}
		}
	}
	for _, o := range []workload.Outcome{workload.Success, workload.OneRetry} {
		list = append(list, workload.Case{Kind: workload.Get, Hosts: 1, Workers: 1, Outcome: o, Cancellable: true})
	}
	return list
}

// Calls compares all contenders, without a network.
func Calls(cfg Config, book *Book) error {
	list := slices.Concat(Everybody(), Layers())
	for _, c := range Cases(cfg.Full) {
		if cfg.Quick && !telling(c) {
			continue
		}
		cfg.logf("calls: %s", c)
		if err := compare(cfg, book, c, field(c, list), HandWritten); err != nil {
			return err
		}
	}
	return nil
}

// compare measures the contenders of one case, and what each adds to the floor
// in relation to what the one called unit adds.
func compare(cfg Config, book *Book, c workload.Case, list []contender, unit string) error {
	benches := make([]*workload.Bench, len(list))
	for i, who := range list {
		b, err := workload.New(c, who.build)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", c, who.name, err)
		}
		defer b.Close()
		benches[i] = b
	}
	if c.Workers == 1 {
		if err := countAllocs(cfg, book, c, list, benches); err != nil {
			return err
		}
	}
	subjects := make([]measure.Subject, len(list))
	for i, who := range list {
		subjects[i] = measure.Subject{Name: who.name, Run: benches[i].Run, Before: benches[i].Trouble}
	}
	times, err := measure.Interleave(subjects, cfg.plan(c.Workers))
	if err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	noteTimes(book, c.String(), list, times, unit)
	return nil
}

func noteTimes(book *Book, name string, list []contender, times measure.Times, unit string) {
	floor := times[0]
	added := func(name string) []float64 {
		at := slices.IndexFunc(list, func(c contender) bool { return c.name == name })
		if at < 0 {
			return nil
		}
		return measure.Added(times[at], floor)
	}
	units, executes := added(unit), added(OneExecute)
	for i, who := range list {
		own := measure.Added(times[i], floor)
		note := func(metric string, value float64) {
			book.Add(Key{Case: name, Contender: who.name, Metric: metric}, value)
		}
		note(NS, measure.Median(times[i]))
		note(AddedNS, measure.Median(own))
		if i == 0 {
			continue
		}
		ratios := measure.Ratios(own, units)
		if unit == Surefoot {
			note(RatioDefault, measure.Median(ratios))
			continue
		}
		note(Ratio, measure.Median(ratios))
		note(RatioExecute, measure.Median(measure.Ratios(own, executes)))
	}
}

// countAllocs counts what each contender allocates more than the floor.
func countAllocs(cfg Config, book *Book, c workload.Case, list []contender, benches []*workload.Bench) error {
	n := cfg.scale(2000, 200)
	if c.Kind == workload.Put {
		n = cfg.scale(40, 8)
	}
	var floorCount, floorBytes float64
	for i, who := range list {
		if err := benches[i].Trouble(); err != nil {
			return fmt.Errorf("%s: %s: %w", c, who.name, err)
		}
		count, bytes, err := measure.Allocs(n, func(n int) error { return benches[i].Run(0, n) })
		if err != nil {
			return fmt.Errorf("%s: %s: %w", c, who.name, err)
		}
		if i == 0 {
			floorCount, floorBytes = count, bytes
		}
		book.Add(Key{Case: c.String(), Contender: who.name, Metric: AllocsAdded}, count-floorCount)
		book.Add(Key{Case: c.String(), Contender: who.name, Metric: BytesAdded}, bytes-floorBytes)
	}
	return nil
}

// Find returns the rival behind the name of a contender, for its version.
func Find(name string) (rivals.Rival, bool) {
	for _, r := range Everybody() {
		if r.Name == name {
			return r, true
		}
	}
	return rivals.Rival{}, false
}
