// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"testing"
	"unsafe"
)

// NewZap says how much memory repeats take.
func TestSampler_IsAsSmallAsDocumented(t *testing.T) {
	t.Parallel()
	if got := unsafe.Sizeof(sampler{}); got > 12<<10+128 {
		t.Errorf("got %d bytes, want some 12 KiB", got)
	}
}
