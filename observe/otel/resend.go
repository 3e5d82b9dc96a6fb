// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"net/http"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/retry"
)

// maxRedirects bounds a walk along responses that somebody has tied into a
// ring.
const maxRedirects = 100

// resends returns how many times the request was sent before this time, which
// the conventions count over retries, hedges and redirects. The retries of a
// call before a redirect are not known here, nor is, to a retry, whether the
// attempt before it had a hedge.
func resends(req *http.Request) int {
	ctx := req.Context()
	n := retry.Attempt(ctx) - 1
	if hedge.Is(ctx) {
		n++
	}
	for range maxRedirects {
		if req.Response == nil || req.Response.Request == nil {
			break
		}
		n++
		req = req.Response.Request
	}
	return n
}
