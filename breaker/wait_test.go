// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

// Package limit asks a rejection for its wait, and knows it by this method only.
func TestOpenError_RejectedWait(t *testing.T) {
	t.Parallel()
	var err error = &breaker.OpenError{RetryAfter: 3 * time.Second}
	if e, ok := err.(interface{ RejectedWait() time.Duration }); !ok || e.RejectedWait() != 3*time.Second {
		t.Errorf("%v does not tell its wait", err)
	}
}
