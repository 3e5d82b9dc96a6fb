// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// silence is a logger of go-redis, which would fill the page with connections that
// tests have refused.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// No goroutine of a Fleet may outlive the tests.
func TestMain(m *testing.M) {
	redis.SetLogger(silence{})
	goleak.VerifyTestMain(m)
}
