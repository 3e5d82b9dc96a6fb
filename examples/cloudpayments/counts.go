// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"slices"
	"sync"
	"time"
)

// An asking tells the first time that something is asked from the others.
type asking uint8

const (
	firstAsking asking = iota
	askingAgain
	askings
)

// counts is what the report needs of all calls. It is safe for concurrent use.
type counts struct {
	mu      sync.Mutex
	begun   int
	ended   [askings]int
	calls   map[outcomeRow]*[askings]int
	kinds   [kinds]int
	codes   map[string]int // of declined cards
	took    []time.Duration
	lost    int
	lostWhy []string // the first few

	mistakes, mistakesAnswered int
}

// An outcomeRow is one way in which calls ended.
type outcomeRow struct {
	class string
	label string
}

func (c *counts) begin() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun++
	return c.begun
}

// soFar returns how many calls have ended.
func (c *counts) soFar() (first, again int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended[firstAsking], c.ended[askingAgain]
}

// maxExamples bounds how many broken promises are told in full.
const maxExamples = 5

func (c *counts) add(call *call, e ending, when asking) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[when]++
	row := outcomeRow{e.class.String(), e.label}
	if c.calls == nil {
		c.calls, c.codes = map[outcomeRow]*[askings]int{}, map[string]int{}
	}
	if c.calls[row] == nil {
		c.calls[row] = new([askings]int)
	}
	c.calls[row][when]++
	c.took = append(c.took, e.took)
	if e.kind == endLost {
		c.lost++
		if len(c.lostWhy) < maxExamples {
			c.lostWhy = append(c.lostWhy, call.reference+": "+e.why)
		}
	}
	if when == firstAsking {
		c.kinds[call.kind]++
	}
	if call.kind.mistake() {
		if when == firstAsking {
			c.mistakes++
		}
		if e.kind == endAnswered {
			c.mistakesAnswered++
		}
	}
	if call.kind == kindDeclined && e.code != "" {
		c.codes[e.code]++
	}
}

// quantile returns the q-quantile of the time that calls took.
func (c *counts) quantile(q float64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.took) == 0 {
		return 0
	}
	slices.Sort(c.took)
	return c.took[int(q*float64(len(c.took)-1))]
}
