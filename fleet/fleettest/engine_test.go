// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleettest_test

import (
	"testing"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

func TestServer(t *testing.T) {
	t.Parallel()
	s := fleettest.NewServer()
	fleettest.TestEngine(t, func() fleet.Engine { return s.Engine() })
}
