// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"errors"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/surefoot-go/surefoot/trip"
)

// scopeName is the name of the tracer and the meter.
const scopeName = "github.com/surefoot-go/surefoot/observe/otel"

// DefaultMaxKeys is how many keys metrics tell apart by default.
const DefaultMaxKeys = 1000

// A MiddlewareOption configures [Middleware]. Options only record. Nil ones
// are skipped, and of several of a kind the last counts, unless the option says
// otherwise.
type MiddlewareOption interface{ applyMiddleware(c *config) }

// An ObserverOption configures an [Observer]; for all else see
// [MiddlewareOption].
type ObserverOption interface{ applyObserver(c *config) }

// An Option configures both.
type Option interface {
	MiddlewareOption
	ObserverOption
}

// A ConfigError is a mistake in an option. It is the same type in all packages
// of surefoot.
type ConfigError = trip.ConfigError

type middlewareFunc func(*config)

func (f middlewareFunc) applyMiddleware(c *config) { f(c) }

type bothFunc func(*config)

func (f bothFunc) applyMiddleware(c *config) { f(c) }
func (f bothFunc) applyObserver(c *config)   { f(c) }

// WithTracerProvider sets where spans go. The default, also for a nil provider,
// is the global one.
func WithTracerProvider(p trace.TracerProvider) MiddlewareOption { //nolint:ireturn // sealed
	return middlewareFunc(func(c *config) { c.tracers = p })
}

// WithMeterProvider sets where metrics go. The default, also for a nil
// provider, is the global one.
func WithMeterProvider(p metric.MeterProvider) Option {
	return bothFunc(func(c *config) { c.meters = p })
}

// WithPropagator sets how the context of a span is written to the headers of
// its request. The default, also for a nil propagator, is the global one.
func WithPropagator(p propagation.TextMapPropagator) MiddlewareOption { //nolint:ireturn // sealed
	return middlewareFunc(func(c *config) { c.propagator = p })
}

// WithURLTemplate sets a function that tells the template of a request's URL,
// such as "/payments/{id}", or "" where it knows none. It must give few
// different answers, be safe for concurrent use, and neither keep nor change
// the request. [URLTemplate] comes before it. There is none by default.
func WithURLTemplate(template func(*http.Request) string) MiddlewareOption { //nolint:ireturn // sealed
	return middlewareFunc(func(c *config) { c.template = template })
}

// WithURLScheme adds url.scheme to spans and durations. The conventions leave
// it out by default, and so does this package.
func WithURLScheme() MiddlewareOption { //nolint:ireturn // sealed
	return middlewareFunc(func(c *config) { c.scheme = true })
}

// WithRedactedQuery names query parameters whose values are kept out of
// url.full, in addition to those of the conventions. Case counts. Several of
// these options add up.
func WithRedactedQuery(names ...string) MiddlewareOption { //nolint:ireturn // sealed
	names = slices.Clone(names)
	return middlewareFunc(func(c *config) { c.redacted = append(c.redacted, names...) })
}

// WithKnownMethods sets the methods that are told by their names, instead of
// those of RFC 9110, PATCH and QUERY. Any other is "_OTHER", and spans have the
// original. Case counts.
func WithKnownMethods(methods ...string) Option {
	methods = slices.Clone(methods)
	return bothFunc(func(c *config) { c.methods = methods })
}

// WithMaxKeys sets how many keys metrics tell apart; in [Middleware] it is how
// many servers. The first n that are seen keep their names, and those that come
// later share one. It must be positive; the default is [DefaultMaxKeys].
func WithMaxKeys(n int) Option {
	return bothFunc(func(c *config) { c.maxKeys = n })
}

// config is what the options recorded.
type config struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	propagator propagation.TextMapPropagator
	template   func(*http.Request) string
	scheme     bool
	redacted   []string
	methods    []string
	maxKeys    int
}

func defaults() *config {
	return &config{methods: knownMethods, maxKeys: DefaultMaxKeys}
}

func middlewareConfig(opts []MiddlewareOption) (*config, error) {
	c := defaults()
	for _, o := range opts {
		if o != nil {
			o.applyMiddleware(c)
		}
	}
	return c, c.settle()
}

func observerConfig(opts []ObserverOption) (*config, error) {
	c := defaults()
	for _, o := range opts {
		if o != nil {
			o.applyObserver(c)
		}
	}
	return c, c.settle()
}

// settle takes defaults for what is missing or wrong, and tells the mistakes.
func (c *config) settle() error {
	var errs []error
	if c.maxKeys < 1 {
		errs = append(errs, &ConfigError{
			Package: "surefoototel", Option: "WithMaxKeys", Value: c.maxKeys, Reason: "must be positive",
		})
		c.maxKeys = DefaultMaxKeys
	}
	if c.tracers == nil {
		c.tracers = otel.GetTracerProvider()
	}
	if c.meters == nil {
		c.meters = otel.GetMeterProvider()
	}
	if c.propagator == nil {
		c.propagator = otel.GetTextMapPropagator()
	}
	return errors.Join(errs...)
}

func (c *config) tracer() trace.Tracer { //nolint:ireturn // an interface of the API
	return c.tracers.Tracer(scopeName, trace.WithSchemaURL(semconv.SchemaURL))
}

func (c *config) meter() metric.Meter { //nolint:ireturn // an interface of the API
	return c.meters.Meter(scopeName, metric.WithSchemaURL(semconv.SchemaURL))
}
