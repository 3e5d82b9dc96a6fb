// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// brokenEngines returns an engine that fails it for each clause, by its name.
func brokenEngines() map[string]faulty {
	all := map[string]faulty{}
	for _, some := range []map[string]faulty{
		brokenQuorums(), brokenCircuits(), brokenLeases(), brokenCoolDowns(), brokenLists(), brokenMessages(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// check runs a clause in fake time, with the engines of one server, made faulty.
func check(t *testing.T, clause string, how faulty) (complaints []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := fleettest.NewServer()
		complaints = fleettest.Check(t, clause, func() fleet.Engine {
			e := how
			e.Engine = server.Engine()
			return &e
		})
	})
	return complaints
}

// A clause that nothing fails proves nothing.
func TestClauses_EachCanFail(t *testing.T) {
	t.Parallel()
	engines := brokenEngines()
	for _, name := range fleettest.Clauses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			how, ok := engines[name]
			if !ok {
				t.Fatal("no broken engine for this clause")
			}
			if got := check(t, name, faulty{}); len(got) != 0 {
				t.Errorf("one that works fails it: %q", got)
			}
			got := check(t, name, how)
			if len(got) == 0 {
				t.Error("the broken engine passes it")
			}
			t.Logf("%q", got)
		})
	}
}

func TestClauses_NoBrokenEngineWithoutClause(t *testing.T) {
	t.Parallel()
	for name := range brokenEngines() {
		if !slices.Contains(fleettest.Clauses(), name) {
			t.Errorf("got a broken engine for %q, which is no clause", name)
		}
	}
}

func brokenQuorums() map[string]faulty {
	return map[string]faulty{
		"one instance opens nothing": batching(func(b *fleet.Batch) { b.Quorum = 1 }),
		"two instances with streaks that are old enough open a circuit": batching(func(b *fleet.Batch) {
			b.Quorum = 3
		}),
		"a streak that is young does not count": changing(fleet.OpReport, func(op *fleet.Op) {
			op.Since += fleet.StreakTime
		}),
		"a streak grows old by the clock of the engine": dropping(func(op fleet.Op) bool {
			return op.Kind == fleet.OpReport && op.Since < fleet.StreakTime
		}),
		"an open circuit counts however young it is": changing(fleet.OpReport, func(op *fleet.Op) {
			op.Flag = false
		}),
		"a share of those who call the key has to agree": batching(func(b *fleet.Batch) { b.Share = 0 }),
		"who calls another key has no say":               changing(fleet.OpSeen, func(op *fleet.Op) { op.Key = host }),
		"a report that is withdrawn does not count":      droppingAll(fleet.OpWithdraw),
		"a report that has expired does not count":       changing(fleet.OpReport, longer),
		"no more keys are open than may be":              batching(func(b *fleet.Batch) { b.MaxKeys = 10 }),
		"what has expired makes room": full(func(a, b fleet.Op) bool {
			return a.Subject == b.Subject
		}),
		"circuits leave room for cool-downs": full(func(fleet.Op, fleet.Op) bool { return true }),
	}
}

// host is the key of most clauses.
const host = "https://host.example:443"

// longer keeps for a minute what should end sooner.
func longer(op *fleet.Op) { op.Keep = max(op.Keep, time.Minute) }

func brokenCircuits() map[string]faulty {
	return map[string]faulty{
		"a circuit that streaks open waits for the usual time": changing(fleet.OpReport, func(op *fleet.Op) {
			op.Wait = 10 * time.Second
		}),
		"the longest wait of those who report it is the wait of all": changing(fleet.OpReport, func(op *fleet.Op) {
			op.Wait = min(op.Wait, 2*time.Second)
		}),
		"a circuit ends by itself": changing(fleet.OpRestore, longer),
		"a probe that failed holds it open": changing(fleet.OpHold, func(op *fleet.Op) {
			op.Wait = time.Second
		}),
		"a probe that failed alone is a report": changing(fleet.OpHold, func(op *fleet.Op) { op.Key = "none" }),
		"a host that works is closed for all, and what was said of it forgotten": replacing(fleet.OpClose,
			func(_ *fleet.Batch, op fleet.Op) []fleet.Op {
				return []fleet.Op{op, {Kind: fleet.OpReport, Key: op.Key, Flag: true, Wait: time.Second, Keep: time.Minute}}
			}),
		"a host that works for one of those that report it is reported by one less": droppingAll(fleet.OpClose),
		"what was forgotten is restored, and what is there left as it is": replacing(fleet.OpRestore,
			func(_ *fleet.Batch, op fleet.Op) []fleet.Op {
				return []fleet.Op{{Kind: fleet.OpClose, Key: op.Key}, op}
			}),
		"namespaces are apart": batching(func(b *fleet.Batch) { b.Namespace = strings.TrimSuffix(b.Namespace, "-other") }),
		"keys are any bytes": batching(func(b *fleet.Batch) {
			for i := range b.Ops {
				b.Ops[i].Key = strings.ToValidUTF8(b.Ops[i].Key, "?")
			}
		}),
		"the ops of a batch are done in their order": batching(func(b *fleet.Batch) { slices.Reverse(b.Ops) }),
	}
}

func brokenLeases() map[string]faulty {
	return map[string]faulty{
		"there is no lease of a key that is not open": answering(func(leases []fleet.Lease) {
			for i := range leases {
				leases[i].Open = true
			}
		}),
		"there is no lease before the wait is over": answering(func(leases []fleet.Lease) {
			for i := range leases {
				leases[i].Granted = leases[i].Open
			}
		}),
		"one instance has the lease, and may ask again": replacing(fleet.OpLease,
			func(b *fleet.Batch, op fleet.Op) []fleet.Op { // all are one
				b.Instance = "i0"
				return []fleet.Op{op}
			}),
		"a lease ends by itself":                changing(fleet.OpLease, longer),
		"a lease that is given back can be had": droppingAll(fleet.OpRelease),
		"a probe that failed ends the lease": replacing(fleet.OpHold,
			func(b *fleet.Batch, op fleet.Op) []fleet.Op { // as if it were another's
				b.Instance = "i0"
				return []fleet.Op{op}
			}),
		"a probe that failed without a lease leaves it to who has it": replacing(fleet.OpHold,
			func(b *fleet.Batch, op fleet.Op) []fleet.Op { // as if it were the first's
				b.Instance = "i1"
				return []fleet.Op{op}
			}),
		"leases are answered in their order": answering(slices.Reverse),
	}
}

func brokenCoolDowns() map[string]faulty {
	cooling := func(change func(*fleet.Op)) faulty {
		return changing(fleet.OpReport, func(op *fleet.Op) {
			if op.Subject == fleet.CoolDown {
				change(op)
			}
		})
	}
	return map[string]faulty{
		"one instance cools nothing down": batching(func(b *fleet.Batch) { b.Quorum = 1 }),
		"the longest cool-down is that of all, and tells why": cooling(func(op *fleet.Op) {
			op.Wait = min(op.Wait, 10*time.Second)
		}),
		"a cool-down grows and does not shrink": cooling(func(op *fleet.Op) {
			op.Wait = min(op.Wait, 30*time.Second)
		}),
		"a cool-down ends by itself": cooling(func(op *fleet.Op) { op.Wait = time.Minute }),
		"circuits and cool-downs of a key are apart": cooling(func(op *fleet.Op) {
			op.Subject, op.Flag = fleet.Circuit, true
		}),
	}
}

func brokenLists() map[string]faulty {
	return map[string]faulty{
		"a list that is known is left out": {
			list: func(ctx context.Context, next fleet.Engine, namespace, instance string, _ fleet.Mark) (fleet.List, error) {
				return next.List(ctx, namespace, instance, fleet.Mark{})
			},
		},
		"those who ask are counted": {
			list: func(ctx context.Context, next fleet.Engine, namespace, _ string, known fleet.Mark) (fleet.List, error) {
				return next.List(ctx, namespace, "i0", known)
			},
		},
		"a call ends with its context": {
			apply: func(ctx context.Context, next fleet.Engine, b fleet.Batch) ([]fleet.Lease, error) {
				return next.Apply(context.WithoutCancel(ctx), b)
			},
		},
	}
}

func brokenMessages() map[string]faulty {
	return map[string]faulty{
		"all are told of what changes for all, and each knows what it missed": telling(func(m *fleet.Message) bool {
			m.Before = m.After
			return true
		}),
		"all are told of a lease, and that it was given back":                losing(fleet.Leased),
		"all are told of a probe that succeeded, as long as the key is open": losing(fleet.Worked),
		"all are told that help is wanted by who has the lease":              losing(fleet.Help),
		"who listens in another namespace hears nothing": {
			apply: func(ctx context.Context, next fleet.Engine, b fleet.Batch) ([]fleet.Lease, error) {
				b.Namespace = strings.TrimSuffix(b.Namespace, "-other")
				return next.Apply(ctx, b)
			},
		},
		"who listens stops with the context": {
			listen: func(ctx context.Context, next fleet.Engine, namespace string, ready func(), hear func([]byte)) error {
				_ = next.Listen(ctx, namespace, ready, hear)
				return nil
			},
		},
	}
}
