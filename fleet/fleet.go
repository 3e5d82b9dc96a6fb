// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"context"
	"crypto/rand"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// A Fleet shares circuits and cool-downs with other instances. Give one to all the
// stacks of a program: transport.WithFleet hands it to both layers. It is safe for
// concurrent use. The zero value is not usable; call [New]. A nil Fleet is none: what
// joins it goes on alone.
//
// A Fleet keeps what joins it until it ends, so it should live as long as the
// program, and so should the stacks that it is given to.
type Fleet struct {
	engine  Engine
	cfg     config
	started time.Time

	stop    context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // something to send, or to do; has room for one
	resync  chan struct{} // compare at once; has room for one

	// telling is held while the layers are told something, so that what they
	// are told comes in the order in which it became known. It is never held by
	// a method that a layer calls, and is taken before mu.
	telling sync.Mutex

	mu        sync.RWMutex
	closed    bool
	hosts     map[id]*host
	all       []*host // the same, for those who walk
	queue     []*host // what is to be told of them
	circuits  []peer.Circuits
	coolDowns []peer.CoolDowns
	due       time.Time // when a lease has to be looked after; zero for never
	known     Mark
	instances int
	listening bool
	returned  bool // the engine has, and has to be told what is still so
	health    health

	count counters
	relay observe.Relay
}

var _ peer.Fleet = (*Fleet)(nil)

// counters are the totals of a [Snapshot].
type counters struct {
	sent, heard                              atomic.Uint64
	queue, size, garbage, foreign, key, late atomic.Uint64
}

// New joins the fleet that meets at a Redis or Valkey server, and starts the
// goroutines that listen and tell. The client is any of go-redis: of one server, of
// sentinels or of a cluster. It is not closed by [Fleet.Close]. Set its
// ContextTimeoutEnabled, or a server that does not answer is noticed only after the
// client's own timeouts and retries.
//
// New does not wait for the server, and a server that is not there is no error. The
// errors are mistakes in the options, all joined, each a [*ConfigError].
func New(client redis.UniversalClient, opts ...Option) (*Fleet, error) {
	cfg := newConfig(opts)
	if isNil(client) {
		return nil, cfg.validate(mistake("New", nil, "needs a client"))
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return start(newRedisEngine(client, cfg.prefix), cfg), nil
}

// NewWith is like [New] with an [Engine] of your own, or one of package fleettest.
func NewWith(engine Engine, opts ...Option) (*Fleet, error) {
	cfg := newConfig(opts)
	var errs []error
	if isNil(engine) {
		errs = append(errs, mistake("NewWith", nil, "needs an engine"))
	}
	if cfg.prefixSet {
		errs = append(errs, mistake("WithPrefix", cfg.prefix, "is for New; this engine has its own"))
	}
	if err := cfg.validate(errs...); err != nil {
		return nil, err
	}
	return start(engine, cfg), nil
}

// isNil reports whether an interface holds nothing, or a nil pointer, as one does
// that was made of a variable which was never set: it would be called by the
// goroutines, where nobody can recover.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

func start(engine Engine, cfg config) *Fleet {
	ctx, stop := context.WithCancel(context.Background())
	now := time.Now()
	f := &Fleet{
		cfg: cfg, started: now, stop: stop,
		wake: make(chan struct{}, 1), resync: make(chan struct{}, 1),
		hosts: map[id]*host{}, health: health{answered: now},
	}
	f.engine = watched{engine, f}
	for _, run := range []func(context.Context){f.send, f.hear, f.reconcile} {
		f.running.Go(func() { run(ctx) })
	}
	return f
}

// closeTime is how long Close waits for calls of the engine to return.
const closeTime = 3 * time.Second

// Close leaves the fleet: nothing more is told or heard, and circuits go on alone at
// once: what the fleet held open has its own probe when its wait is over. It waits for the goroutines to end, but not for longer than
// 3 s, since a client without ContextTimeoutEnabled may take longer. It always
// returns nil, and may be called more than once, but not by an observer.
func (f *Fleet) Close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.letGo()
	done := make(chan struct{})
	go func() {
		f.running.Wait()
		close(done)
	}()
	timer := time.NewTimer(closeTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return nil
}

// ShareCircuits joins the circuits of a breaker. It is part of [peer.Fleet], and
// called by the breaker.
func (f *Fleet) ShareCircuits(c peer.Circuits) peer.CircuitLink { //nolint:ireturn // the interface says so
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.circuits = append(f.circuits[:len(f.circuits):len(f.circuits)], c) // who reads the old one goes on
	poke(f.resync)                                                       // what was told before, it has missed
	return circuitLink{f}
}

// ShareCoolDowns joins the cool-downs of a limiter. It is part of [peer.Fleet], and
// called by the limiter.
func (f *Fleet) ShareCoolDowns(c peer.CoolDowns) peer.CoolDownLink { //nolint:ireturn // the interface says so
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.coolDowns = append(f.coolDowns[:len(f.coolDowns):len(f.coolDowns)], c)
	poke(f.resync)
	return coolDownLink{f}
}

// call limits the time of a call of the engine.
func (f *Fleet) call(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, f.cfg.every)
}

// poke puts a token into a channel that has room for one.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func randomName() string { return rand.Text()[:12] }
