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

// No goroutine of a Fleet may outlive the tests. Those of go-redis v9.21 do that listen
// to sentinels for a client which routes reads: its Close does not end them. A Fleet
// has none that run these functions.
func TestMain(m *testing.M) {
	redis.SetLogger(silence{})
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9.(*sentinelFailover).listen"),
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9.(*channel).initMsgChan.func1"),
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9.(*channel).initHealthCheck.func1"))
}
