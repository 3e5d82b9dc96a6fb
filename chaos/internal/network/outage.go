// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

// An outage spoils a path for a while.
type outage struct {
	name string
	// happen makes it and waits until it is over.
	happen func(ctx context.Context, p *Path, d time.Duration) error
	// instant says that it takes no time but that until it begins.
	instant bool
}

// outages returns all kinds of outages that a path can have. The dice choose
// where toxics cut.
func outages(http2 bool, dice *rand.Rand) []outage {
	all := []outage{
		{name: "connections refused", happen: refuse},
		{name: "server killed and restarted", happen: restart(0)},
		{name: "server shut down and restarted", happen: restart(100 * time.Millisecond)},
	}
	for _, stream := range []string{"requests", "answers"} {
		upstream := stream == "requests"
		all = append(all,
			outage{name: "reset_peer on " + stream, happen: spoil(upstream, new(toxics.ResetToxic))},
			outage{name: "timeout on " + stream, happen: spoil(upstream, new(toxics.TimeoutToxic))},
			outage{name: "limit_data on " + stream, happen: func(ctx context.Context, p *Path, d time.Duration) error {
				limit := &toxics.LimitDataToxic{Bytes: 1 + dice.Int64N(600)}
				return spoil(upstream, limit)(ctx, p, d)
			}},
		)
	}
	if http2 {
		for _, at := range points() {
			all = append(all, outage{at.name, cutAt(at), true})
		}
	}
	return all
}

// OutageKinds returns how many kinds of outages a path of that protocol has.
func OutageKinds(http2 bool) int {
	return len(outages(http2, rand.New(rand.NewPCG(0, 0)))) //nolint:gosec // no secret
}

// Spoil makes one outage after the other, each kind in turn in an order after
// the seed, as often as the gate lets it, until ctx ends. Where several paths
// share the work, part says which of the parts this one begins with. It returns
// how often each outage happened, by name.
func (p *Path) Spoil(ctx context.Context, g *Gate, seed uint64, part, parts int) (map[string]int, error) {
	dice := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret
	all := outages(p.HTTP2, dice)
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	happened := map[string]int{}
	for i := part * len(all) / parts; ; i++ {
		if !g.begin(ctx) {
			return happened, nil
		}
		o := all[i%len(all)]
		began := time.Now()
		d := shortest + time.Duration(dice.Int64N(int64(longest-shortest)))
		err := within(func() error { return o.happen(ctx, p, d) })
		g.end(!o.instant && time.Since(began) > TooLong)
		switch {
		case err == nil:
			happened[o.name]++
		case !errors.Is(err, errMissed):
			return happened, fmt.Errorf("network: %s on %s: %w", o.name, p.Name, err)
		}
	}
}

var (
	errStuck = errors.New("it hangs")
	// errMissed says that nothing came along to be cut, such as when an open
	// circuit lets nothing out.
	errMissed = errors.New("nothing came along")
)

// within bounds what an outage may take, so that a run never hangs for one.
func within(happen func() error) error {
	done := make(chan error, 1)
	go func() { done <- happen() }()
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return errStuck
	}
}

// pause waits, but not longer than ctx. What was begun is ended in any case.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// refuse closes the proxy, its listener and all connections.
func refuse(ctx context.Context, p *Path, d time.Duration) error {
	p.proxy.Stop()
	pause(ctx, d)
	return p.proxy.Start()
}

// restart closes the server. Meanwhile the proxy accepts connections, and
// closes them because it cannot connect further.
func restart(grace time.Duration) func(context.Context, *Path, time.Duration) error {
	return func(ctx context.Context, p *Path, d time.Duration) error {
		began := time.Now()
		if err := p.server.stop(ctx, grace); err != nil {
			return err
		}
		pause(ctx, d-time.Since(began))
		return p.server.start(ctx)
	}
}

// spoil lets a toxic of toxiproxy work on every connection.
func spoil(upstream bool, toxic toxics.Toxic) func(context.Context, *Path, time.Duration) error {
	return func(ctx context.Context, p *Path, d time.Duration) error {
		p.weather.change(toxic, upstream)
		pause(ctx, d)
		p.weather.change(nil, false)
		return nil
	}
}

// cutAt cuts one connection, with all streams on it, when it comes to a point.
func cutAt(at point) func(context.Context, *Path, time.Duration) error {
	return func(ctx context.Context, p *Path, _ time.Duration) error {
		sprung := p.trap.set(at)
		defer p.trap.unset()
		timer := time.NewTimer(5 * time.Second)
		defer timer.Stop()
		select {
		case <-sprung:
			return nil
		case <-timer.C:
		case <-ctx.Done():
		}
		return errMissed
	}
}
