// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// mistakes returns the names of the options that an error complains of.
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var names []string
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v holds no list", err)
	}
	for _, err := range joined.Unwrap() {
		var c *fleet.ConfigError
		if !errors.As(err, &c) || c.Package != "fleet" || c.Reason == "" {
			t.Fatalf("%v is no ConfigError of fleet", err)
		}
		names = append(names, c.Option)
	}
	return names
}

func TestOptions_Bounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		opts []fleet.Option
		want []string
	}{
		{"none", nil, nil},
		{"nil ones", []fleet.Option{nil, fleet.WithObserver(nil), fleet.WithLogger(nil), nil}, nil},
		{"the least", []fleet.Option{
			fleet.WithNamespace("a"), fleet.WithInstance("0"), fleet.WithQuorum(1, 0),
			fleet.WithReconcileEvery(100 * time.Millisecond), fleet.WithQueue(1), fleet.WithMaxKeys(1), fleet.WithLogger(zap.NewNop()),
		}, nil},
		{"the most", []fleet.Option{
			fleet.WithNamespace(strings.Repeat("a", 64)), fleet.WithInstance("a-b_c.d:e/F9"), fleet.WithQuorum(10_000, 1),
			fleet.WithReconcileEvery(time.Minute), fleet.WithQueue(1_000_000), fleet.WithMaxKeys(1_000_000),
		}, nil},
		{"less", []fleet.Option{
			fleet.WithNamespace(""), fleet.WithInstance(""), fleet.WithQuorum(0, -0.1),
			fleet.WithReconcileEvery(99 * time.Millisecond), fleet.WithQueue(0), fleet.WithMaxKeys(0),
		}, []string{"WithNamespace", "WithInstance", "WithQuorum", "WithQuorum", "WithReconcileEvery", "WithQueue", "WithMaxKeys"}},
		{"more", []fleet.Option{
			fleet.WithNamespace(strings.Repeat("a", 65)), fleet.WithInstance("a b"), fleet.WithQuorum(10_001, 1.1),
			fleet.WithReconcileEvery(61 * time.Second), fleet.WithQueue(1_000_001), fleet.WithMaxKeys(1_000_001),
		}, []string{"WithNamespace", "WithInstance", "WithQuorum", "WithQuorum", "WithReconcileEvery", "WithQueue", "WithMaxKeys"}},
		{"what is no number", []fleet.Option{fleet.WithQuorum(2, math.NaN())}, []string{"WithQuorum"}},
		{"a brace ends the hash tag", []fleet.Option{fleet.WithNamespace("a}b")}, []string{"WithNamespace"}},
		{"a colon is between the prefix and the namespace", []fleet.Option{
			fleet.WithNamespace("a:b"), fleet.WithInstance("a:b"),
		}, []string{"WithNamespace"}},
		{"the last counts", []fleet.Option{fleet.WithQueue(0), fleet.WithQueue(5)}, nil},
		{"a prefix", []fleet.Option{fleet.WithPrefix("mine")}, []string{"WithPrefix"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, err := fleet.NewWith(fleettest.NewServer().Engine(), test.opts...)
			if got := mistakes(t, err); !slices.Equal(got, test.want) {
				t.Errorf("got mistakes in %q, want %q", got, test.want)
			}
			if (f == nil) != (err != nil) {
				t.Errorf("got %v and %v", f, err)
			}
			if f != nil {
				_ = f.Close()
			}
		})
	}
}

func TestNew_NeedsAClientOrAnEngine(t *testing.T) {
	t.Parallel()
	_, err := fleet.New(nil, fleet.WithPrefix("}"))
	if got, want := mistakes(t, err), []string{"New", "WithPrefix"}; !slices.Equal(got, want) {
		t.Errorf("New: got mistakes in %q, want %q", got, want)
	}
	_, err = fleet.New(nil, fleet.WithPrefix("a:b"))
	if got, want := mistakes(t, err), []string{"New", "WithPrefix"}; !slices.Equal(got, want) {
		t.Errorf("New with a colon: got mistakes in %q, want %q", got, want)
	}
	_, err = fleet.NewWith(nil)
	if got, want := mistakes(t, err), []string{"NewWith"}; !slices.Equal(got, want) {
		t.Errorf("NewWith: got mistakes in %q, want %q", got, want)
	}
	var client *redis.Client
	if _, err = fleet.New(client); !slices.Equal(mistakes(t, err), []string{"New"}) {
		t.Errorf("New with a client that was never set: got error %v", err)
	}
	var engine *fleettest.Engine
	if _, err = fleet.NewWith(engine); !slices.Equal(mistakes(t, err), []string{"NewWith"}) {
		t.Errorf("NewWith with an engine that was never set: got error %v", err)
	}
}

// A program that may or may not have a fleet has a variable for it.
func TestFleet_NilIsNone(t *testing.T) {
	t.Parallel()
	var f *fleet.Fleet
	s := newService()
	stack, err := transport.New(s, transport.WithFleet(f), transport.WithoutRetry())
	if err != nil {
		t.Fatal(err)
	}
	stop := stack.Observe(observe.Func(func(observe.Event) {}))
	defer stop()
	n := &node{t: t, stack: stack}
	s.down()
	n.calls(30) // the circuit opens
	if got := n.circuit(host); got.State != breaker.Open || got.Fleet {
		t.Errorf("got %+v, want a circuit that is open on its own", got)
	}
	if f.Close() != nil || len(f.Snapshot().Keys) != 0 {
		t.Error("a nil fleet does not close, or knows of something")
	}
}

// A server that is not there is no error, and nobody waits for it.
func TestNew_DoesNotWaitForTheServer(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	f, err := fleet.New(client)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestNew_InstancesHaveDifferentNames(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		one, _, _ := linked(t, server.Engine())
		two, _, _ := linked(t, server.Engine())
		a, b := one.Snapshot(), two.Snapshot()
		if a.Instance == "" || a.Instance == b.Instance {
			t.Errorf("got %q and %q", a.Instance, b.Instance)
		}
		if a.Namespace != fleet.DefaultNamespace {
			t.Errorf("got namespace %q", a.Namespace)
		}
	})
}

func TestWithNamespace_FleetsAreApart(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, one, link := linked(t, server.Engine(), fleet.WithNamespace("a"))
		_, two, other := linked(t, server.Engine(), fleet.WithNamespace("b"))
		link.Opened(host, time.Second)
		other.Opened(host, time.Second)
		pass(5 * time.Second)
		if told := append(one.take(), two.take()...); len(told) != 0 {
			t.Errorf("the circuits were told %q", told)
		}
	})
}
