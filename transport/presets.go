// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"time"

	"github.com/surefoot-go/surefoot/retry"
)

// Options returns several options as one, for presets of your own. They take
// effect in their order, in the place where the one is given. Nil options are
// skipped.
func Options(opts ...Option) Option {
	return optionFunc(func(c *config) {
		for _, o := range opts {
			if o != nil {
				o.apply(c)
			}
		}
	})
}

// Payments is for a payments API that honours idempotency keys. It stands for
// these options, in the place where it is given:
//
//	WithIdempotencyKeys()
//	WithRetry(retry.WithBackoff(250*time.Millisecond, 5*time.Second))
//	WithAttemptTimeout(10 * time.Second)
//	WithTotalTimeout(30 * time.Second)
//
// Options after it override them one by one; all others keep their defaults. A
// total timeout of less than 10 s needs a shorter attempt timeout beside it.
//
// Because of the keys, POST and PATCH are retried as well. Use it only where the
// server honours them, and where its header is not Idempotency-Key, name that by
// a [WithIdempotencyKeys] after it. The waits are twice the default's, since a
// server that is still at work on an earlier attempt answers 409, which is tried
// again. A call that ends in a timeout or a broken connection may have been
// carried out all the same: look the payment up by a reference of your own.
func Payments() Option {
	return Options(
		WithIdempotencyKeys(),
		WithRetry(retry.WithBackoff(250*time.Millisecond, 5*time.Second)),
		WithAttemptTimeout(10*time.Second),
		WithTotalTimeout(30*time.Second),
	)
}

// Streaming is for answers that begin soon and last long: downloads, server-sent
// events, a model's words as they come. It stands for these options, in the place
// where it is given:
//
//	WithAttemptTimeout(30 * time.Second)
//	WithoutTotalTimeout()
//	WithoutHedging()
//
// Options after it override them one by one; all others keep their defaults.
//
// A server has 30 s to begin its answer, and as long as the caller's context
// lets it for the rest. What can still cut a stream short is the Timeout of the
// [net/http.Client], which covers bodies too: leave it zero. A stream that breaks
// is a failure for its circuit and comes to the caller as it is, since nobody but
// the caller knows where to go on.
func Streaming() Option {
	return Options(
		WithAttemptTimeout(30*time.Second),
		WithoutTotalTimeout(),
		WithoutHedging(),
	)
}
