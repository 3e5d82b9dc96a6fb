// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package workload makes calls through a RoundTripper that stands on a base
// without a network, and sees to it that nothing but the RoundTripper costs
// anything.
//
// The base allocates nothing and takes a few nanoseconds. It finds the worker
// that a request belongs to in the request's context, and answers with a
// response of that worker's, made new for each attempt: some layers replace the
// body of a response, and would otherwise pile up wrapper on wrapper. Nothing
// is shared between workers but what the RoundTripper itself shares.
//
// After every slice the number of attempts that have reached the base is
// compared with what the case demands, so a contender that skips the work, or
// whose circuit has opened when it should not, is found out.
package workload
