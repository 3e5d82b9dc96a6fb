// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A fault is one way of answering badly.
type fault uint8

const (
	faultNone   fault = iota
	fault500          // nothing is done
	fault502          // the work is done, and its answer is lost in a gateway
	fault503          // nothing is done; every eighth one comes with Retry-After
	fault504          // as 502
	resetBefore       // the connection is reset, nothing is done
	resetAfter        // the work is done, then the connection is reset
	slowAnswer        // the work takes longer than the client waits
	cutBody           // the work is done, half the answer's body is sent
	faultKinds        // how many there are
)

// faultNames are the names in a mix; read-only.
var faultNames = [faultKinds]string{ //nolint:gochecknoglobals // a constant table
	faultNone: "none", fault500: "500", fault502: "502", fault503: "503",
	fault504: "504", resetBefore: "reset-before", resetAfter: "reset-after",
	slowAnswer: "slow", cutBody: "cut",
}

func (f fault) String() string { return faultNames[f] }

// defaultMix makes about every tenth attempt fail, and takes the service
// away for a while.
const defaultMix = "500=2,502=1,503=2,504=1,reset-before=1,reset-after=2,slow=1,cut=1,outage=1.2s"

// A mix says how often each fault strikes, in percent of the requests that
// arrive, and how long the total outage lasts. The zero mix is no fault.
type mix struct {
	percent [faultKinds]float64
	outage  time.Duration
}

// parseMix reads a mix such as defaultMix, or "none".
func parseMix(s string) (mix, error) {
	var m mix
	if s = strings.TrimSpace(s); s == "" || s == "none" {
		return m, nil
	}
	var sum float64
	for part := range strings.SplitSeq(s, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name == "outage" {
			d, err := time.ParseDuration(value)
			if err != nil || d < 0 {
				return mix{}, fmt.Errorf("fault %q: want a duration, as in outage=1s", part)
			}
			m.outage = d
			continue
		}
		f, ok := faultOf(name)
		if !ok {
			return mix{}, fmt.Errorf("fault %q: want one of %s, outage", part, strings.Join(faultNames[1:], ", "))
		}
		percent, err := strconv.ParseFloat(value, 64)
		if err != nil || !(percent >= 0 && percent <= 100) {
			return mix{}, fmt.Errorf("fault %q: want percent of the requests, as in %s=2", part, name)
		}
		sum += percent - m.percent[f]
		m.percent[f] = percent
	}
	if sum > 100 {
		return mix{}, fmt.Errorf("the faults add up to %v %% of the requests", sum)
	}
	return m, nil
}

func faultOf(name string) (fault, bool) {
	for f := faultNone + 1; f < faultKinds; f++ {
		if faultNames[f] == name {
			return f, true
		}
	}
	return faultNone, false
}

// String returns the mix as parseMix reads it.
func (m mix) String() string {
	var parts []string
	for f, percent := range m.percent {
		if percent > 0 {
			parts = append(parts, fmt.Sprintf("%s=%v", fault(f), percent))
		}
	}
	if m.outage > 0 {
		parts = append(parts, "outage="+m.outage.String())
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ",")
}

// decide says which fault strikes the given attempt of a request, counted by
// the server from 1. It depends on nothing else than its arguments, so a seed
// fixes what befalls each request. The die has eight sides, for faults that come
// in several forms.
func (m mix) decide(seed uint64, request string, attempt int) (f fault, die int) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(request))
	rng := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(attempt))) //nolint:gosec // dice, not secrets
	at, die := rng.Float64()*100, rng.IntN(8)
	for f := faultNone + 1; f < faultKinds; f++ {
		if at < m.percent[f] {
			return f, die
		}
		at -= m.percent[f]
	}
	return faultNone, die
}
