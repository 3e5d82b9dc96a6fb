// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/transport"
)

// others is a fleet in which others have found that a host is down. One that
// carries what a program finds to others is in the module
// github.com/surefoot-go/surefoot/fleet.
type others struct{ peer.CircuitLink }

func (o others) ShareCircuits(peer.Circuits) peer.CircuitLink { return o } //nolint:ireturn // as the interface wants it

func (others) ShareCoolDowns(peer.CoolDowns) peer.CoolDownLink { return nil } //nolint:ireturn // as the interface wants it

func (others) Known(string) (peer.Verdict, bool) {
	return peer.Verdict{Wait: time.Second, Valid: time.Minute}, true
}

// A program that has just started leaves a host alone that others have found to
// be down: nothing is sent.
func ExampleWithFleet() {
	call(http.MethodGet, answers(503), transport.WithFleet(others{}))
	t, err := transport.New(nil, transport.WithFleet(nil)) // alone
	fmt.Println(t, err)
	// Output:
	// breaker: circuit of https://api.example.com is open, try again in 1s
	// retry (4 attempts) → breaker → *http.Transport <nil>
}
