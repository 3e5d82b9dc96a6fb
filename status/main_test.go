// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"testing"

	"go.uber.org/goleak"
)

// The package starts no goroutine; those of the tests' servers and clients end
// when they are closed.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
