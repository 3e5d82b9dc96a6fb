// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package plan says what will befall each call of a run. A plan is a function
// of a seed: it remembers nothing, so the proxies, the server and the audit can
// each ask it and get the same answer.
package plan

// A Fault is what the network does to one attempt.
type Fault uint8

// The faults, in the order of an exchange.
const (
	None         Fault = iota
	Before             // cut before the request
	RequestHead        // cut in the request's headers
	RequestBody        // cut in the request's body
	AtCommit           // the whole request is passed on, and the connection cut at once
	AfterCommit        // cut when the answer comes, before its first byte
	ResponseHead       // cut in the answer's headers
	ResponseBody       // cut in the answer's body
	RequestLost        // the request is swallowed, the connection stays open
	ResponseLost       // the answer is swallowed, the connection stays open
	Faults             // how many there are
)

// String returns the fault as tables show it.
func (f Fault) String() string {
	if f >= Faults {
		return "fault?"
	}
	return [Faults]string{
		"none", "cut before the request", "cut in the request's headers", "cut in the request's body",
		"cut as it commits", "cut after the commit", "cut in the answer's headers", "cut in the answer's body",
		"request swallowed", "answer swallowed",
	}[f]
}

// weights say how often each fault is chosen. A swallowed one costs an attempt
// timeout, so they are few.
func weights() [Faults]uint64 {
	return [Faults]uint64{
		Before: 12, RequestHead: 14, RequestBody: 12, AtCommit: 12, AfterCommit: 18,
		ResponseHead: 12, ResponseBody: 12, RequestLost: 2, ResponseLost: 2,
	}
}

// MaxHits is how many attempts of a call are hit at most, unless the call is
// hopeless: one fewer than a client with the usual four attempts makes.
const MaxHits = 3

// A Mix says which calls something befalls. Shares are between 0 and 1.
type Mix struct {
	// Faulty is the share of calls whose first one to three attempts are hit.
	Faulty float64
	// Slow is the share of calls whose work takes longer than a client waits.
	Slow float64
	// Hopeless is the share of calls of which every attempt is hit.
	Hopeless float64
	// Large is the share of calls with more headers than net/http buffers.
	Large float64
	// Only names the faults to choose from. None means all, by their weights.
	Only []Fault
}

// DefaultMix makes about every eighth call meet something.
func DefaultMix() Mix { return Mix{Faulty: 0.12, Slow: 0.001, Hopeless: 0.0005, Large: 0.03} }

// A Plan holds the fates of all calls.
type Plan struct {
	seed    uint64
	mix     Mix
	weights [Faults]uint64
	total   uint64
}

// New returns the plan of that seed.
func New(seed uint64, mix Mix) *Plan {
	p := &Plan{seed: seed, mix: mix, weights: weights()}
	if len(mix.Only) > 0 {
		p.weights = [Faults]uint64{}
		for _, f := range mix.Only {
			p.weights[f] = 1
		}
	}
	for _, w := range p.weights {
		p.total += w
	}
	return p
}

// A Fate is what befalls one call. The zero value is nothing at all.
type Fate struct {
	// Hits is how many attempts are hit, the first ones.
	Hits int
	// Slow says that the first attempt's work outlasts the client's patience.
	Slow bool
	// Hopeless says that every attempt is hit.
	Hopeless bool
	// Padding is how many bytes to add to the headers. Where it is not 0, they
	// do not fit into net/http's write buffer of 4096 bytes.
	Padding int

	plan *Plan
	dice uint64
}

// Of returns the fate of a call.
func (p *Plan) Of(call int) Fate {
	dice := mix(p.seed, uint64(call)) //nolint:gosec // a number of a call is not negative
	f := Fate{plan: p, dice: dice}
	if unit(mix(dice, 1)) < p.mix.Large {
		f.Padding = padding(mix(dice, 4))
	}
	switch at := unit(mix(dice, 2)); {
	case at < p.mix.Hopeless:
		f.Hopeless = true
	case at < p.mix.Hopeless+p.mix.Slow:
		f.Slow = true
	case at < p.mix.Hopeless+p.mix.Slow+p.mix.Faulty:
		f.Hits = hits(mix(dice, 3))
	}
	return f
}

// hits makes one hit likely and each further one less so.
func hits(dice uint64) int {
	switch {
	case unit(dice) < 0.80:
		return 1
	case unit(dice) < 0.96:
		return 2
	}
	return MaxHits
}

// padding is a few kilobytes, or many for one in four.
func padding(dice uint64) int {
	few := 4_200 + int(dice>>8%4_000)
	if dice%4 == 0 {
		return few + Many
	}
	return few
}

// Many is so many bytes of headers that a client is still writing them when
// the proxy reads the first.
const Many = 60_000

// Healthy reports whether nothing befalls the call.
func (f Fate) Healthy() bool { return f.Hits == 0 && !f.Slow && !f.Hopeless }

// Fault returns what befalls an attempt, counted from 1 as the network sees it.
func (f Fate) Fault(attempt int) Fault {
	if !f.Hopeless && attempt > f.Hits {
		return None
	}
	dice := mix(f.dice, 100+uint64(attempt)) //nolint:gosec // attempts count from 1
	// Headers that do not fit are for being cut.
	if f.Padding > 0 && dice%4 != 0 && f.plan.weights[RequestHead] > 0 {
		return RequestHead
	}
	at := mix(dice, 1) % f.plan.total
	for fault, w := range f.plan.weights {
		if at < w {
			if f.Hopeless && Fault(fault) == ResponseBody {
				return AfterCommit // its status would be an answer
			}
			return Fault(fault)
		}
		at -= w
	}
	return None
}

// Cut returns a number in [0, n) for the place of the cut of an attempt. It is
// 0 where n is.
func (f Fate) Cut(attempt, n int) int {
	if n <= 0 {
		return 0
	}
	return int(mix(f.dice, 200+uint64(attempt)) % uint64(n)) //nolint:gosec // below n
}

// CutShort reports whether the body of an answer is cut at one of the attempts
// that are hit.
func (f Fate) CutShort() bool {
	for attempt := 1; attempt <= f.Hits; attempt++ {
		if f.Fault(attempt) == ResponseBody {
			return true
		}
	}
	return false
}

// mix is splitmix64 over both numbers.
func mix(a, b uint64) uint64 {
	z := a + (b+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit maps to [0, 1).
func unit(dice uint64) float64 { return float64(dice>>11) / (1 << 53) }
