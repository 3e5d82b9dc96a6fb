// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import "github.com/redis/go-redis/v9"

// NewRedisEngine makes the engine of New.
func NewRedisEngine(client redis.UniversalClient, prefix string) Engine { //nolint:ireturn // what it is made of is private
	return newRedisEngine(client, prefix)
}
