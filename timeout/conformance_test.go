// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/triptest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	const limit = 10 * time.Second
	for name, opts := range map[string][]timeout.Option{"attempt": nil, "total": {timeout.WithTotal()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
				layer, err := timeout.New(limit, opts...)
				if err != nil {
					t.Error(err)
					return next
				}
				return layer.Wrap(next)
			}, triptest.TimesOut(limit))
		})
	}
}
