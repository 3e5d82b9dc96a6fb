// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Attributes that the conventions have no names for.
const (
	keyAttribute    = attribute.Key("surefoot.key")
	reasonAttribute = attribute.Key("surefoot.reason")
	stateAttribute  = attribute.Key("surefoot.circuit.state")
	hedgeAttribute  = attribute.Key("surefoot.hedge")
	lostAttribute   = attribute.Key("surefoot.lost")
)

// labels are the attributes of a measurement, in a form that can be looked up.
// What is empty is left out.
type labels struct {
	target    *target
	method    string
	scheme    string
	template  string
	version   string
	errorType string
	reason    string
	state     string
	status    int
}

func (l *labels) attributes() []attribute.KeyValue {
	list := append(make([]attribute.KeyValue, 0, 10), l.target.attributes...)
	for _, text := range [...]struct {
		key   attribute.Key
		value string
	}{
		{semconv.HTTPRequestMethodKey, l.method},
		{semconv.URLSchemeKey, l.scheme},
		{semconv.URLTemplateKey, l.template},
		{semconv.NetworkProtocolVersionKey, l.version},
		{semconv.ErrorTypeKey, l.errorType},
		{reasonAttribute, l.reason},
		{stateAttribute, l.state},
	} {
		if text.value != "" {
			list = append(list, text.key.String(text.value))
		}
	}
	if l.status != 0 {
		list = append(list, semconv.HTTPResponseStatusCode(l.status))
	}
	return list
}

// options are what instruments want to be given, made once.
type options struct {
	add    []metric.AddOption
	record []metric.RecordOption
}

func (l *labels) options() *options {
	set := metric.WithAttributeSet(attribute.NewSet(l.attributes()...))
	return &options{add: []metric.AddOption{set}, record: []metric.RecordOption{set}}
}

// maxOptions bounds the options that are kept, at some hundred bytes each.
// Whatever else comes is made anew each time.
const maxOptions = 8192

// optionsCache is safe for concurrent use.
type optionsCache struct {
	mu    sync.RWMutex
	known map[labels]*options // guarded by mu; the options are read-only
}

func newOptionsCache() *optionsCache { return &optionsCache{known: map[labels]*options{}} }

func (c *optionsCache) of(l labels) *options {
	c.mu.RLock()
	found := c.known[l]
	c.mu.RUnlock()
	if found != nil {
		return found
	}
	made := l.options()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) < maxOptions {
		c.known[l] = made
	}
	return made
}
