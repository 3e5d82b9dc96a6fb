// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"net/http"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/triptest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
		return newKeys(t).Wrap(next)
	}, triptest.AddsKeys(idempotency.DefaultHeader))
}

func TestConformance_WithTheHeaderOfAService(t *testing.T) {
	t.Parallel()
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
		return newKeys(t, idempotency.WithHeader("Request-Token")).Wrap(next)
	}, triptest.AddsKeys("Request-Token"),
		triptest.Skip("request/passed-on", "the mark for net/http is in the header map, and is not sent"))
}
