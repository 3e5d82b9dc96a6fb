// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package idempotency gives each call that has none an idempotency key: a
// header whose value tells the server that two requests are one. A server that
// keeps such keys does the work once however often the request arrives, so a
// layer further in may send it again.
//
//	keys, err := idempotency.New()
//	if err != nil {
//		return err
//	}
//	client := &http.Client{Transport: keys.Wrap(retrying)}
//
// Use it only with a server that is documented to honour the key. To others a
// key means nothing, and what retries then do twice is done twice.
//
// # Placement
//
// Outside of the layer that retries: a call gets its key once, and all its
// attempts carry the same. Inside, each attempt would have its own, which is
// the very thing that a key is to prevent. Each hop of a redirect is a call of
// its own for [http.Client], and gets a key of its own.
//
// # What it changes
//
// A key goes on a POST or PATCH ([WithMethods]) that has none yet: no value in
// Idempotency-Key, X-Idempotency-Key or, where [WithHeader] names another, in that
// one alone. So the caller's own key is kept. A value that is blank is no key, since
// a server cannot know a request by it: one that is made takes its place.
//
// The caller can decline a key for a single request by an empty list of values,
// which as in net/http sends nothing:
//
//	req.Header["Idempotency-Key"] = []string{}
//
// though net/http and retry layers take that for a promise that the request
// may be repeated. An empty list in the header of [WithHeader] declines as well,
// without that promise. All other requests pass through as they are, with no
// allocation. The caller's request is never written to: the key goes on a
// shallow copy with a header map of its own.
//
// Net/http itself looks at the header: [http.Transport] sends a request with
// such an entry again, if a connection that was kept open for reuse turns out
// to be dead, and its body can be had again. Without one it does so only for
// GET, HEAD, OPTIONS and TRACE, or if nothing was written.
//
// # Defaults
//
//	methods    POST and PATCH                WithMethods
//	header     Idempotency-Key               WithHeader
//	format     bare                          WithFormat
//	key        crypto/rand.Text, 130 bits    WithGenerator
package idempotency
