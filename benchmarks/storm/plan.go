// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"math/rand/v2"
	"time"
)

// drawn is the number of attempts of a call that luck is drawn for. Should a
// call make more, they have that of the first ones again.
const drawn = 8

// An arrival is one call that will be made, with all its luck.
type arrival struct {
	at           time.Duration // since the beginning
	client, host int
	attempts     [drawn]luck
}

// luck is that of one attempt.
type luck struct {
	service time.Duration // that a worker needs for it
	fault   float64       // in [0, 1): below the share of a fault, it is hit
}

// The streams of random numbers of a seed. What is drawn from one does not
// depend on how much was drawn from another.
const (
	streamArrivals uint64 = iota + 1
	streamService
	streamFaults
)

// plan draws all calls of a run. The same scenario and seed give the same plan.
func plan(s Scenario, seed int) []arrival {
	stream := func(n uint64) *rand.Rand {
		return rand.New(rand.NewPCG(uint64(seed), n))
	}
	when, service, fault := stream(streamArrivals), stream(streamService), stream(streamFaults)
	from, to := s.Period(seed)
	end := s.Length(seed)

	var work, first [3]float64 // of first attempts, and their number, by phase
	calls := make([]arrival, 0, int(1.05*s.Capacity()*max(s.Load[0], s.Load[1], s.Load[2])*end.Seconds())+100)
	for at := time.Duration(0); ; {
		rate := s.Capacity() * s.Load[phase(at, from, to)]
		at += time.Duration(when.ExpFloat64() / rate * float64(time.Second))
		if at >= end {
			break
		}
		now := phase(at, from, to)
		a := arrival{at: at, client: when.IntN(s.Clients), host: when.IntN(s.Hosts)}
		for i := range a.attempts {
			takes, factor := service.ExpFloat64(), 1.0
			kind := service.Float64()
			switch {
			case kind < s.SlowShare:
				factor = s.SlowFactor
			case s.Fault.Kind == Mixed && now == 1 && kind < s.SlowShare+s.Fault.Share:
				factor = s.Fault.Factor
			}
			if i == 0 {
				work[now] += takes
				first[now]++
			}
			a.attempts[i] = luck{service: time.Duration(takes * factor * float64(s.Service)), fault: fault.Float64()}
		}
		calls = append(calls, a)
	}
	for i := range calls {
		now := phase(calls[i].at, from, to)
		calls[i].scale(first[now] / work[now])
	}
	return calls
}

// scale makes the mean of a phase what it has to be, which takes the luck of a
// seed out of the capacity of the server.
func (a *arrival) scale(by float64) {
	for i := range a.attempts {
		a.attempts[i].service = time.Duration(float64(a.attempts[i].service) * by)
	}
}

// phase is 0 before a period, 1 in it and 2 after it.
func phase(at, from, to time.Duration) int {
	switch {
	case at < from:
		return 0
	case at < to:
		return 1
	}
	return 2
}
