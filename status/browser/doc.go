// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package browser tests the page of package status in a real browser: that it
// loads without a complaint, follows circuits that open and close, obeys whoever
// may force them and nobody else, fits a telephone and a desk, and can be read by
// everybody.
//
// The tests need Chromium or Chrome, by the name in CHROMIUM or a usual one in
// PATH. Without one they are skipped, or fail where CI is set. They use loopback
// only.
//
//	go test ./... -shots DIR             also writes pictures of the page
//	go test ./... -run Shots -shots DIR -page URL
//
// The second takes them of a page that is served elsewhere, such as that of
// examples/cloudpayments -serve.
package browser
