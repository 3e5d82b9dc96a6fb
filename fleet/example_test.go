// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// The client of a program that is one of many.
func Example() {
	server, err := miniredis.Run() // yours is elsewhere
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	addr := server.Addr()

	// docs:begin share
	client := redis.NewClient(&redis.Options{
		Addr: addr, ContextTimeoutEnabled: true, MaxRetries: -1,
	})
	defer client.Close()
	f, err := fleet.New(client, fleet.WithNamespace("checkout"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	api, err := transport.Wrap(http.DefaultClient, transport.WithFleet(f))
	// docs:end share
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(api.Transport)
	// Output: retry (4 attempts) → breaker → *http.Transport
}

// A user of its own, TLS, and a cluster: all that is the client's.
func ExampleNew() {
	client := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:    []string{"redis-1.internal:6379", "redis-2.internal:6379", "redis-3.internal:6379"},
		Username: "surefoot", Password: "from your vault",
		TLSConfig:             &tls.Config{MinVersion: tls.VersionTLS12, ServerName: "redis.internal"},
		ContextTimeoutEnabled: true, MaxRetries: -1,
	})
	defer client.Close()
	f, err := fleet.New(client, fleet.WithNamespace("checkout"), fleet.WithPrefix("team-a"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Printf("%T\n", client)
	// Output: *redis.ClusterClient
}

// A server in memory, for tests.
func ExampleNewWith() {
	server := fleettest.NewServer()
	f, err := fleet.NewWith(server.Engine(), fleet.WithInstance("one"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	s := f.Snapshot()
	fmt.Println(s.Namespace, s.Instance)
	// Output: default one
}

// All mistakes come at once.
func ExampleNewWith_incorrect() {
	_, err := fleet.NewWith(fleettest.NewServer().Engine(), fleet.WithQuorum(0, 2), fleet.WithNamespace("my fleet"))
	fmt.Println(err)
	var mistake *fleet.ConfigError
	fmt.Println(errors.As(err, &mistake), mistake.Option)
	// Output:
	// fleet: WithNamespace: "my fleet": must have 1 to 64 letters, digits, and signs out of "-_./"
	// fleet: WithQuorum: 0: must be from 1 to 10000
	// fleet: WithQuorum: 2: the share must be from 0 to 1
	// true WithNamespace
}

// newWith makes a fleet in memory and prints what is wrong with its options.
func newWith(opts ...fleet.Option) {
	f, err := fleet.NewWith(fleettest.NewServer().Engine(), opts...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("fine")
	_ = f.Close()
}

// Services that see different networks are different fleets.
func ExampleWithNamespace() {
	newWith(fleet.WithNamespace("checkout/eu-west"))
	// Output: fine
}

// The keys of this fleet begin with {team-a:default}.
func ExampleWithPrefix() {
	client := redis.NewClient(&redis.Options{Addr: "redis.internal:6379"})
	defer client.Close()
	f, err := fleet.New(client, fleet.WithPrefix("team-a"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Println(f.Snapshot().Namespace)
	// Output: default
}

// Three instances at least, and a third of those that call the host.
func ExampleWithQuorum() {
	newWith(fleet.WithQuorum(3, 1.0/3))
	// Output: fine
}

// A name that is easy to find on the server.
func ExampleWithInstance() {
	newWith(fleet.WithInstance("checkout-7f9c4"))
	// Output: fine
}

// Circuits go on alone 30 s after the server was lost.
func ExampleWithReconcileEvery() {
	newWith(fleet.WithReconcileEvery(10 * time.Second))
	// Output: fine
}

// A proxy that calls very many hosts.
func ExampleWithQueue() {
	newWith(fleet.WithQueue(100_000), fleet.WithMaxKeys(100_000))
	// Output: fine
}

// At most a hundred circuits are open for all.
func ExampleWithMaxKeys() {
	newWith(fleet.WithMaxKeys(100))
	// Output: fine
}

// One line when the server is lost, and one when it is found.
func ExampleWithLogger() {
	newWith(fleet.WithLogger(zap.NewNop()))
	// Output: fine
}

// A gauge of your own.
func ExampleWithObserver() {
	up := observe.Func(func(e observe.Event) { fmt.Println(e.Kind == observe.FleetFound) })
	newWith(fleet.WithObserver(up))
	// Output: fine
}

// Somebody who comes later.
func ExampleFleet_Observe() {
	f, err := fleet.NewWith(fleettest.NewServer().Engine())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	stop := f.Observe(observe.Func(func(e observe.Event) { fmt.Println(e.Kind) }))
	stop()
	// Output:
}

// What a health check or a metric wants to know.
func ExampleFleet_Snapshot() {
	f, err := fleet.NewWith(fleettest.NewServer().Engine())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	s := f.Snapshot()
	fmt.Println(s.Reachable, len(s.Keys), s.Dropped.Queue)
	// Output: true 0 0
}
