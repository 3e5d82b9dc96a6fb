// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"math"
	"slices"
	"time"
)

// A Result is what one run gave. "In the period" means calls that began in it,
// and where it is about the server, attempts that reached it in it. Shares are
// of 1; what cannot be told is NaN.
type Result struct {
	Calls        int // in all
	CallsInside  int // in the period
	Success      float64
	InsideOK     float64 // success in the period
	OthersOK     float64 // the same, of calls that the fault could not befall
	Rejected     float64 // of the calls in the period: nothing was sent for them
	Attempts     float64 // in the period ÷ calls in the period
	AttemptsEach float64 // of the calls in the period, whenever they were made, ÷ these calls
	Peak         float64 // attempts in the worst second from the period on ÷ capacity
	Goodput      float64 // calls that succeeded in the period, by their end ÷ capacity
	Recovery     float64 // seconds from the end of the period; +Inf for never
	P50, P99     time.Duration
	P999         time.Duration // all three of calls in the period that succeeded; 0 for none
	Wasted       float64       // of what was served: the client had given up

	// By second, for charts: calls that began, attempts that arrived, and calls
	// that ended well.
	Offered, Sent, Good []int
	From, To            time.Duration
}

// seconds is how many there are in a run.
func seconds(s Scenario, seed int) int {
	return int((s.Length(seed) + time.Second - 1) / time.Second)
}

func (n *network) result(outcomes []outcome) Result {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.scenario
	r := Result{
		Calls: len(outcomes), Sent: n.sent, From: n.from, To: n.to, Recovery: math.NaN(),
		Offered: make([]int, len(n.sent)), Good: make([]int, len(n.sent)),
	}
	var good, goodInside, okInside, others, othersOK, rejected, attempts int
	var took []time.Duration
	for _, o := range outcomes {
		inside := phase(o.begin, n.from, n.to) == 1
		r.Offered[int(o.begin/time.Second)]++
		if o.ok {
			good++
			if second := int(o.end / time.Second); second < len(r.Good) {
				r.Good[second]++
			}
			if phase(o.end, n.from, n.to) == 1 {
				goodInside++
			}
		}
		if !inside {
			continue
		}
		r.CallsInside++
		attempts += o.attempts
		if o.attempts == 0 {
			rejected++
		}
		if o.ok {
			okInside++
			took = append(took, o.end-o.begin)
		}
		if o.host > 0 || !s.strikes(o.client) {
			others++
			if o.ok {
				othersOK++
			}
		}
	}
	calls := float64(r.CallsInside)
	r.Success = float64(good) / float64(r.Calls)
	r.InsideOK = float64(okInside) / calls
	r.OthersOK = float64(othersOK) / float64(others)
	r.Rejected = float64(rejected) / calls
	r.Attempts = float64(n.inside) / calls
	r.AttemptsEach = float64(attempts) / calls
	r.Goodput = float64(goodInside) / (s.Capacity() * (n.to - n.from).Seconds())
	r.Peak = float64(slices.Max(n.sent[int(n.from/time.Second):])) / s.Capacity()
	r.Wasted = float64(n.wasted) / float64(n.served)
	if s.Ends {
		r.Recovery = recovery(r.Offered, r.Good, int(n.to/time.Second))
	}
	slices.Sort(took)
	r.P50, r.P99, r.P999 = quantile(took, 0.5), quantile(took, 0.99), quantile(took, 0.999)
	return r
}

// quantile takes the nearest one of sorted values, and 0 where there are none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// The measure of recovery. The mean over three seconds forgives the noise of
// single ones: with 240 calls a second, what is under way at its two ends makes
// 2 % of difference. No second of the three may be one that the others make good.
const (
	recovered     = 0.95
	recoveredEach = 0.90
	recoveredOver = 3
)

// recovery returns how many whole seconds after second `from` the clients are
// back for good: in that second and in each later one, calls that end well are
// 90 % of those that arrive, and 95 % together with the two seconds after it. It
// is +Inf where they never are.
//
// For good, because some fall down again: clients that were all told to come
// back later come back at once.
func recovery(offered, good []int, from int) float64 {
	back := math.Inf(1)
	for at := len(offered) - recoveredOver; at >= from; at-- {
		offers, ends := 0, 0
		for i := range recoveredOver {
			offers += offered[at+i]
			ends += good[at+i]
		}
		if float64(ends) < recovered*float64(offers) || float64(good[at]) < recoveredEach*float64(offered[at]) {
			break
		}
		back = float64(at - from)
	}
	return back
}
