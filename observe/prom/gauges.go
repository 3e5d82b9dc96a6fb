// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
)

// gauges describes what is read from a snapshot. One of its metrics is a
// counter, for which there is no event.
type gauges struct {
	circuit, forced                    *prometheus.Desc
	tokens, size                       *prometheus.Desc
	hedgesWon                          *prometheus.Desc
	limit, inFlight, waiting, coolDown *prometheus.Desc
}

func newGauges(cfg *config) *gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("surefoot_"+name, help,
			append([]string{labelKey}, labels...), prometheus.Labels{labelClient: cfg.name})
	}
	return &gauges{
		circuit: desc("circuit_state",
			"The state of a circuit: 1 for the one that it is in, 0 for the others.", labelState),
		forced: desc("circuit_forced",
			"Whether a circuit is kept open or closed by hand."),
		tokens: desc("budget_tokens",
			"Tokens that are left for retries and hedges, of keys that ever wanted one."),
		size: desc("budget_size",
			"The most tokens that there could be when one was last wanted."),
		hedgesWon: desc("hedges_won_total",
			"Hedges whose answer was handed over."),
		limit: desc("limit",
			"Attempts that may be in flight at once, of keys that have a limit."),
		inFlight: desc("in_flight",
			"Attempts that are in flight, of keys that are watched by a limiter."),
		waiting: desc("waiting",
			"Attempts that wait for a place, or for the end of a cool-down."),
		coolDown: desc("cool_down_seconds",
			"What is left of the wait that a server asked everybody for."),
	}
}

func (g *gauges) describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		g.circuit, g.forced, g.tokens, g.size, g.hedgesWon, g.limit, g.inFlight, g.waiting, g.coolDown,
	} {
		ch <- d
	}
}

// sums are the gauges of a key, or of all that share its name, whose numbers are
// added up.
type sums struct {
	circuits, budgets, hedged, limiters int // how many are in the sum
	closed, halfOpen, open, forced      int
	tokens, size                        float64
	hedgesWon                           uint64
	limit, inFlight, waiting            int
	coolDown                            float64 // not a sum: the longest
}

func (g *gauges) collect(ch chan<- prometheus.Metric, names *keys, seen []transport.Key) {
	all := make(map[*key]*sums, len(seen))
	for i := range seen {
		k := names.of(seen[i].Key)
		s := all[k]
		if s == nil {
			s = new(sums)
			all[k] = s
		}
		s.add(&seen[i])
	}
	for k, s := range all {
		if s.circuits > 0 {
			k.startTransitions()
		}
		g.send(ch, k.label, s)
	}
}

func (s *sums) add(k *transport.Key) {
	// A key that is known by its budget alone has a circuit in the snapshot, too,
	// which has counted nothing.
	if k.Circuit != (breaker.Circuit{Key: k.Key}) {
		s.addCircuit(&k.Circuit)
	}
	if b := k.Budget; b != nil {
		s.budgets++
		s.tokens += b.Tokens
		s.size += b.Size
	}
	if h := k.Hedging; h != nil {
		s.hedged++
		s.hedgesWon += h.Won
	}
	if l := k.Limit; l != nil {
		s.limiters++
		s.limit += l.Limit
		s.inFlight += l.InFlight
		s.waiting += l.Waiting
		s.coolDown = max(s.coolDown, l.CoolDown.Seconds())
	}
}

func (s *sums) addCircuit(c *breaker.Circuit) {
	s.circuits++
	switch c.State {
	case breaker.Closed:
		s.closed++
	case breaker.HalfOpen:
		s.halfOpen++
	case breaker.Open:
		s.open++
	}
	if c.Forced {
		s.forced++
	}
}

func (g *gauges) send(ch chan<- prometheus.Metric, name string, s *sums) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, append([]string{name}, labels...)...)
	}
	if s.circuits > 0 {
		gauge(g.circuit, float64(s.closed), stateClosed)
		gauge(g.circuit, float64(s.halfOpen), stateHalfOpen)
		gauge(g.circuit, float64(s.open), stateOpen)
		gauge(g.forced, float64(s.forced))
	}
	if s.budgets > 0 {
		gauge(g.tokens, s.tokens)
		gauge(g.size, s.size)
	}
	// A counter must not go down, as the sum of many does when one of them is
	// evicted.
	if s.hedged > 0 && name != otherKey {
		ch <- prometheus.MustNewConstMetric(g.hedgesWon, prometheus.CounterValue, float64(s.hedgesWon), name)
	}
	if s.limiters > 0 {
		if s.limit > 0 {
			gauge(g.limit, float64(s.limit))
		}
		gauge(g.inFlight, float64(s.inFlight))
		gauge(g.waiting, float64(s.waiting))
		gauge(g.coolDown, s.coolDown)
	}
}
