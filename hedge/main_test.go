// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Each attempt has a goroutine of its own; none may outlive the tests.
func TestMain(m *testing.M) {
	// The far ends of connections belong to the tests' servers; those inside of
	// a bubble of fake time stand still when the bubble ends.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
}
