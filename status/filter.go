// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/surefoot-go/surefoot/breaker"
)

// A filter is what a visitor asked to see.
type filter struct {
	text  string // as it was given
	lower string
	state string // one of states, or "" for all
	page  int    // from 1
}

// maxFilter bounds the text of a filter.
const maxFilter = 512

// The states that can be asked for.
const (
	stateTrouble  = "trouble"
	stateForced   = "forced"
	stateFleet    = "fleet"
	stateOpen     = "open"
	stateHalfOpen = "half-open"
	stateClosed   = "closed"
)

// states are in the order of the page's list; read-only.
var states = []string{stateTrouble, stateOpen, stateHalfOpen, stateClosed, stateForced, stateFleet} //nolint:gochecknoglobals // a constant list

// filterOf reads a query. What makes no sense counts as not given.
func filterOf(q url.Values) filter {
	f := filter{text: clean(strings.TrimSpace(q.Get("q")), maxFilter), page: 1}
	f.lower = strings.ToLower(f.text)
	for _, s := range states {
		if q.Get("state") == s {
			f.state = s
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		f.page = max(n, 1)
	}
	return f
}

// query is the filter as a query, of another page of it.
func (f filter) query(page int) string {
	q := url.Values{}
	if f.text != "" {
		q.Set("q", f.text)
	}
	if f.state != "" {
		q.Set("state", f.state)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "?" + q.Encode()
}

func (f filter) passText(key string) bool {
	return f.lower == "" || strings.Contains(strings.ToLower(key), f.lower)
}

func (f filter) pass(r *row) bool {
	if !f.passText(r.Key.Key) {
		return false
	}
	c := &r.Key.Circuit
	switch f.state {
	case stateTrouble:
		return r.inTrouble()
	case stateForced:
		return c.Forced
	case stateFleet:
		return c.Fleet
	case stateOpen:
		return c.State == breaker.Open
	case stateHalfOpen:
		return c.State == breaker.HalfOpen
	case stateClosed:
		return c.State == breaker.Closed
	}
	return true
}
