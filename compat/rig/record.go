// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"fmt"
	"net/http"
)

// A Record is one request as the proxy saw it.
type Record struct {
	Call      int // which call of the run, from 1
	Op        string
	Method    string
	Target    string // path and query
	Body      string // a hash
	Key       string // of the idempotency key header
	Fault     Fault
	Forwarded bool
	Status    int // the server's, or the proxy's own
}

// String is for the messages of tests.
func (r Record) String() string {
	return fmt.Sprintf("call %d %s: %s %s key %q, %s, forwarded %t, status %d",
		r.Call, r.Op, r.Method, r.Target, r.Key, r.Fault, r.Forwarded, r.Status)
}

// applied reports whether the server has carried out a write that may not be
// carried out twice.
func (r Record) applied() bool {
	return r.Forwarded && r.Status > 0 && r.Status < http.StatusBadRequest &&
		(r.Method == http.MethodPost || r.Method == http.MethodPatch)
}

// doubled counts the writes that were applied once more than they should have
// been: the same method, target and body in one call, with another idempotency
// key or none. A request that comes twice with one key is the server's to know.
// Of what an op sends twice on purpose, the reference knows.
func doubled(records []Record, writes map[string]bool) int {
	type write struct {
		call                 int
		method, target, body string
	}
	type keyed struct {
		write
		key string
	}
	applied, seen := make(map[write]int), make(map[keyed]bool)
	for _, r := range records {
		w := write{r.Call, r.Method, r.Target, r.Body}
		if !writes[r.Op] || !r.applied() || r.Key != "" && seen[keyed{w, r.Key}] {
			continue
		}
		seen[keyed{w, r.Key}] = true
		applied[w]++
	}
	n := 0
	for _, times := range applied {
		n += times - 1
	}
	return n
}

// most is the largest number of requests with one method and target in one call.
func most(records []Record) int {
	type target struct {
		call           int
		method, target string
	}
	counts, n := make(map[target]int), 0
	for _, r := range records {
		t := target{r.Call, r.Method, r.Target}
		counts[t]++
		n = max(n, counts[t])
	}
	return n
}
