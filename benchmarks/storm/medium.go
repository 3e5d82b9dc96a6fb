// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"sync"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// A medium is the engine of a run, with a network to each instance.
type medium struct {
	drill  Drill
	server *fleettest.Server

	mu      sync.Mutex
	gone    bool
	engines map[*fleettest.Engine]struct{}
}

func newMedium(d Drill) *medium {
	return &medium{drill: d, server: fleettest.NewServer(), engines: map[*fleettest.Engine]struct{}{}}
}

// join makes the fleet of an instance, and what ends it.
func (m *medium) join(instance int) (*fleet.Fleet, func(), error) {
	engine := m.server.Engine()
	engine.SetLatency(m.drill.Latency)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone {
		engine.Cut()
	}
	f, err := fleet.NewWith(engine)
	if err != nil {
		return nil, nil, fmt.Errorf("instance %d: %w", instance, err)
	}
	m.engines[engine] = struct{}{}
	return f, func() {
		_ = f.Close()
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.engines, engine)
	}, nil
}

// cut takes the engine away from everybody, or gives it back.
func (m *medium) cut(gone bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = gone
	for e := range m.engines {
		if gone {
			e.Cut()
		} else {
			e.Heal()
		}
	}
}

// messages returns how many have gone through the engine by now: what instances
// have asked it, and what it has told them.
func (m *medium) messages() int {
	c := m.server.Calls()
	return c.Batches + c.Lists + c.Listens + c.Deliveries
}
