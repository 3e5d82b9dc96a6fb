// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// A place is where a request goes to, as it says itself, or a key that a user's
// function has made.
type place struct{ scheme, host, key string }

// placeOf returns where a request goes to. The conventions want the host that
// it names, which can differ from the one that it is sent to.
func placeOf(req *http.Request) place {
	switch {
	case req.URL == nil:
		return place{}
	case req.Host != "":
		return place{scheme: req.URL.Scheme, host: req.Host}
	}
	return place{scheme: req.URL.Scheme, host: req.URL.Host}
}

// placeOfKey takes a key apart, if it is one that can be.
func placeOfKey(key string) place {
	if scheme, host, ok := strings.Cut(key, "://"); ok && defaultPort(scheme) != 0 {
		return place{scheme: scheme, host: host}
	}
	return place{key: key}
}

func defaultPort(scheme string) int {
	switch scheme {
	case "https":
		return 443
	case "http":
		return 80
	}
	return 0
}

// A target is what a place is called in attributes. It is read-only.
type target struct{ attributes []attribute.KeyValue }

func (p place) target() *target {
	t := new(target)
	add := func(kv attribute.KeyValue) { t.attributes = append(t.attributes, kv) }
	if p.key != "" {
		add(keyAttribute.String(valid(p.key)))
	}
	u := url.URL{Host: p.host}
	if name := u.Hostname(); name != "" {
		add(semconv.ServerAddress(valid(name)))
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = defaultPort(p.scheme)
	}
	if port != 0 {
		add(semconv.ServerPort(port))
	}
	return t
}

// valid makes text fit for an exporter: one attribute that is not UTF-8 can cost
// all that is sent with it, and keys are cut at a byte.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// targets are those that metrics tell apart. The first ones keep their names
// for good: a set of attributes that changed its meaning would be worse than one
// that says too little. It is safe for concurrent use.
type targets struct {
	max   int
	mu    sync.RWMutex
	known map[place]*target // guarded by mu
	rest  *target
}

func newTargets(limit int) *targets {
	return &targets{max: limit, known: map[place]*target{}, rest: place{host: other}.target()}
}

// of returns the target of p, or the one of all the rest.
func (t *targets) of(p place) *target {
	t.mu.RLock()
	found, full := t.known[p], len(t.known) >= t.max
	t.mu.RUnlock()
	switch {
	case found != nil:
		return found
	case full:
		return t.rest
	}
	// Free of the URL that the strings may be parts of.
	p = place{strings.Clone(p.scheme), strings.Clone(p.host), strings.Clone(p.key)}
	made := p.target()
	t.mu.Lock()
	defer t.mu.Unlock()
	if found := t.known[p]; found != nil {
		return found
	}
	if len(t.known) >= t.max {
		return t.rest
	}
	t.known[p] = made
	return made
}
