// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

// Bounds of a [Page].
const (
	// MaxKeys is how many keys counts are kept for.
	MaxKeys = 10_000
	// PageSize is how many keys are shown at once.
	PageSize = 200
	// FeedSize is how many events the feed holds.
	FeedSize = 200
	// MaxStreams is how many clients can follow the feed at once. The next one
	// is answered 503.
	MaxStreams = 16
)

// An Option configures a [Page]. Options only record, and none can be wrong.
// Nil options are skipped, and of an option given twice the last counts.
type Option interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// WithControls lets whoever can see the page force circuits open and closed, and
// reset them, by POST. Requests that a browser sends on behalf of another site
// are refused, as [net/http.CrossOriginProtection] does; programs are not, and
// nor is a site that has given its own name this address (DNS rebinding), so put
// the page behind a handler that knows who is there, or that checks the Host. The default is a page
// that can only be looked at.
func WithControls() Option {
	return optionFunc(func(c *config) { c.controls = true })
}

// WithName sets what the page calls the transport, for programs that have more
// than one. The default is no name.
func WithName(name string) Option {
	return optionFunc(func(c *config) { c.name = name })
}

type config struct {
	controls bool
	name     string
}
