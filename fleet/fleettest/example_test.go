// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// The network of one instance is slow, is cut, and heals. In a test all of it goes
// into a testing/synctest bubble, and takes no time.
func Example() {
	server := fleettest.NewServer()
	engine := server.Engine()
	f, err := fleet.NewWith(engine)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()

	ctx := context.Background()
	engine.SetLatency(10 * time.Millisecond)
	engine.Cut()
	_, err = engine.List(ctx, "elsewhere", "me", fleet.Mark{})
	fmt.Println(errors.Is(err, fleettest.ErrCut))
	engine.Heal()
	list, err := engine.List(ctx, "elsewhere", "me", fleet.Mark{})
	fmt.Println(list.Instances, err)
	// Output:
	// true
	// 1 <nil>
}

// The server can forget everything, and say what nobody has said.
func ExampleServer() {
	server := fleettest.NewServer()
	server.Publish("default", []byte("garbage"))
	server.Flush()
	fmt.Println(len(server.Entries("default")), server.Applied(fleet.OpReport), server.Calls().Messages)
	// Output: 0 0 1
}
