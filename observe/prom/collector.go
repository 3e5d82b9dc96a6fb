// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// A Collector tells Prometheus what a Transport does; the package documentation
// lists the metrics. It counts events as they come, and takes a snapshot when it
// is collected. The zero value is not usable; call [New]. A Collector is safe
// for concurrent use.
type Collector struct {
	metrics *metrics
	gauges  *gauges
	keys    *keys
	stack   atomic.Pointer[transport.Transport] // nil without one, and after Stop
	leave   func()
}

var (
	_ prometheus.Collector = (*Collector)(nil)
	_ observe.Observer     = (*Collector)(nil)
)

// New returns a Collector of t, which it observes from now on. Register it with
// a registry, one with each; Collectors of one registry need different names
// ([WithName]). If options are wrong, it returns nil and one error that joins an
// [*ConfigError] for each mistake.
//
// A nil t is for layers that are used without a Transport: give the Collector to
// their WithObserver. It then has what is counted, and none of the gauges.
func New(t *transport.Transport, opts ...Option) (*Collector, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	m := newMetrics(cfg)
	c := &Collector{metrics: m, gauges: newGauges(cfg), keys: newKeys(cfg.maxKeys, m.newKey), leave: func() {}}
	if t != nil {
		c.stack.Store(t)
		c.leave = t.Observe(c)
	}
	return c, nil
}

// Stop has the Collector observe its Transport no longer and let go of it. What
// was counted stays; the gauges are gone. To have all of it gone, unregister the
// Collector as well. Stop may be called more than once.
func (c *Collector) Stop() {
	c.leave()
	c.stack.Store(nil)
}

// Describe sends the descriptions of all metrics that Collect can send.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, v := range c.metrics.all() {
		v.Describe(ch)
	}
	c.gauges.describe(ch)
}

// Collect sends all metrics. It locks nothing that a call needs; its cost is in
// proportion to the number of keys.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	if t := c.stack.Load(); t != nil {
		c.gauges.collect(ch, c.keys, t.Snapshot().Keys)
	}
	for _, v := range c.metrics.all() { // after the gauges, which begin some of them
		v.Collect(ch)
	}
}
