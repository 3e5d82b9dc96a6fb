// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing" //nolint:depguard // this package is for tests
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

// TestEngine checks that an [fleet.Engine] does what a [fleet.Fleet] needs. The
// function is called once and returns engines of one server, each as another
// instance would have it. The suite takes namespaces of its own, so the server may
// hold other things. It waits in real time for things of some tenths of a second,
// and 5 s at most for messages to come.
func TestEngine(t *testing.T, engine func() fleet.Engine) { //nolint:tparallel // whether it is parallel is its caller's to say
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	for i, c := range clauses() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(newBench(t, engine, fmt.Sprintf("suite-%s-%d", run, i)))
		})
	}
}

// A clause is one thing that an engine has to do.
type clause struct {
	name string
	test func(b *bench)
}

// host is the key of most clauses.
const host = "https://host.example:443"

// A bench is where a clause is tested.
type bench struct {
	testing.TB
	engine    func() fleet.Engine
	namespace string
	quorum    int
	share     float64
	maxKeys   int
	names     *atomic.Int32 // how many have one
}

func newBench(tb testing.TB, engine func() fleet.Engine, namespace string) *bench {
	tb.Helper()
	return &bench{TB: tb, engine: engine, namespace: namespace, quorum: 2, maxKeys: 100, names: new(atomic.Int32)}
}

// An instance is one of a fleet.
type instance struct {
	b      *bench
	name   string
	engine fleet.Engine
}

func (b *bench) instance() *instance {
	return &instance{b, fmt.Sprintf("i%d", b.names.Add(1)), b.engine()}
}

func (b *bench) instances(n int) []*instance {
	all := make([]*instance, n)
	for i := range all {
		all[i] = b.instance()
	}
	return all
}

// do carries out ops, and returns the answers.
func (i *instance) do(ops ...fleet.Op) []fleet.Lease {
	i.b.Helper()
	leases, err := i.engine.Apply(i.b.Context(), fleet.Batch{
		Namespace: i.b.namespace, Instance: i.name, Quorum: i.b.quorum, Share: i.b.share, MaxKeys: i.b.maxKeys, Ops: ops,
	})
	if err != nil {
		i.b.Fatalf("Apply: %v", err)
	}
	return leases
}

func (i *instance) list(known fleet.Mark) fleet.List {
	i.b.Helper()
	l, err := i.engine.List(i.b.Context(), i.b.namespace, i.name, known)
	if err != nil {
		i.b.Fatalf("List: %v", err)
	}
	return l
}

// entries asks for a list from nothing.
func (i *instance) entries() []fleet.Entry {
	i.b.Helper()
	return i.list(fleet.Mark{}).Entries
}

// wantOpen fails the clause unless just the given keys are listed.
func (i *instance) wantOpen(keys ...string) {
	i.b.Helper()
	var got []string
	for _, e := range i.entries() {
		got = append(got, e.Key)
	}
	slices.Sort(got)
	slices.Sort(keys)
	if !slices.Equal(got, keys) {
		i.b.Errorf("the list has %q, want %q", got, keys)
	}
}

func (i *instance) lease(keep time.Duration) fleet.Lease {
	i.b.Helper()
	leases := i.do(fleet.Op{Kind: fleet.OpLease, Key: host, Keep: keep})
	if len(leases) != 1 {
		i.b.Fatalf("%d answers for one lease", len(leases))
	}
	return leases[0]
}

// The usual reports.

// longAgo is the age of a streak that counts.
const longAgo = fleet.StreakTime + 500*time.Millisecond

func streak(since time.Duration) fleet.Op {
	return fleet.Op{Kind: fleet.OpReport, Key: host, Since: since, Keep: time.Minute}
}

func open(wait time.Duration) fleet.Op {
	return fleet.Op{Kind: fleet.OpReport, Key: host, Flag: true, Wait: wait, Keep: time.Minute}
}

func cool(wait time.Duration, failing bool) fleet.Op {
	return fleet.Op{Kind: fleet.OpReport, Subject: fleet.CoolDown, Key: host, Wait: wait, Keep: wait, Flag: failing}
}

// opened makes two instances of which the reports have opened host.
func (b *bench) opened(wait time.Duration) (one, two *instance) {
	one, two = b.instance(), b.instance()
	one.do(open(wait))
	two.do(open(wait))
	return one, two
}

// pass waits for a time. What is waited for happens by the clock of the engine, and
// that has passed by as much.
func (b *bench) pass(d time.Duration) {
	b.Helper()
	if err := sleep(b.Context(), d); err != nil {
		b.Fatal(err)
	}
}

// An ear collects what an instance hears.
type ear struct {
	b    *bench
	mu   sync.Mutex
	got  []fleet.Message
	news chan struct{}
	stop context.CancelFunc
	done chan error
}

// listen returns when the instance listens.
func (i *instance) listen() *ear {
	i.b.Helper()
	ctx, stop := context.WithCancel(i.b.Context())
	e := &ear{b: i.b, news: make(chan struct{}, 1), stop: stop, done: make(chan error, 1)}
	ready := make(chan struct{})
	go func() {
		e.done <- i.engine.Listen(ctx, i.b.namespace, sync.OnceFunc(func() { close(ready) }), e.hear)
	}()
	i.b.Cleanup(func() {
		stop()
		<-e.done //nolint:errcheck // it was stopped, or has failed the test
	})
	select {
	case <-ready:
	case err := <-e.done:
		e.done <- err
		i.b.Fatalf("Listen: %v", err)
	case <-time.After(patience): //nolint:forbidigo // once, in a test
		i.b.Fatalf("Listen is not ready after %s", patience)
	}
	return e
}

// patience is how long to wait for what should take no time.
const patience = 5 * time.Second

func (e *ear) hear(payload []byte) {
	m, err := fleet.ParseMessage(payload)
	if err != nil {
		e.b.Errorf("heard %q: %v", payload, err)
		return
	}
	e.mu.Lock()
	e.got = append(e.got, m)
	e.mu.Unlock()
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// wait returns the first n messages, when they have come.
func (e *ear) wait(n int) []fleet.Message {
	e.b.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		e.mu.Lock()
		got := slices.Clone(e.got)
		e.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-e.news:
		case <-timer.C:
			e.b.Fatalf("heard %d messages in %s, want %d: %v", len(got), patience, n, got)
		}
	}
}
