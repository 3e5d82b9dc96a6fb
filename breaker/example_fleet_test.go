// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/peer"
)

// others is a fleet in which others have found that a host is down. One that
// carries what a program finds to others is in the module
// github.com/surefoot-go/surefoot/fleet.
type others struct{ silent }

func (o others) ShareCircuits(peer.Circuits) peer.CircuitLink { return o } //nolint:ireturn // as the interface wants it

func (others) Known(string) (peer.Verdict, bool) {
	return peer.Verdict{Wait: time.Second, Valid: time.Minute}, true
}

// A program that has just started leaves a host alone that others have found to
// be down.
func ExampleWithFleet() {
	b := must(breaker.New(breaker.WithFleet(others{})))
	_, err := send(b.Wrap(status(http.StatusOK)), "https://api.example.com")
	fmt.Println(err)
	fmt.Println("by the fleet:", b.Snapshot()[0].Fleet)
	// Output:
	// breaker: circuit of https://api.example.com is open, try again in 1s
	// by the fleet: true
}
