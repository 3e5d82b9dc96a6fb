// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"testing"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/triptest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, in := range []struct {
		name  string
		fleet peer.Fleet
	}{{"alone", nil}, {"in a fleet", silent{}}} {
		t.Run(in.name, func(t *testing.T) {
			t.Parallel()
			triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
				b, err := breaker.New(breaker.WithFleet(in.fleet))
				if err != nil {
					t.Error(err)
					return next
				}
				return b.Wrap(next)
			}, triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost())
		})
	}
}
