// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"net/url"
	"slices"
	"strings"
)

// redacted stands for a secret.
const redacted = "REDACTED"

// secretQuery are the query parameters whose values are secrets, by the
// conventions: those of version 1.43, and two of versions before, which old
// signatures of S3 still use. The list is read-only.
var secretQuery = []string{ //nolint:gochecknoglobals // a constant table
	"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig", "X-Goog-Signature",
	"AWSAccessKeyId", "Signature",
}

// fullURL returns u without its secrets. It does not change u.
func (c *config) fullURL(u *url.URL) string { return valid(c.redactURL(u)) }

func (c *config) redactURL(u *url.URL) string {
	query, changed := c.redactQuery(u.RawQuery)
	if u.User == nil && !changed && u.Opaque == "" {
		return u.String()
	}
	clean := *u
	clean.RawQuery = query
	clean.Opaque = redactOpaque(u.Opaque)
	if path, hidden, ok := strings.Cut(clean.Opaque, "?"); ok {
		hidden, _ = c.redactQuery(hidden)
		clean.Opaque = path + "?" + hidden
	}
	if u.User != nil {
		clean.User = url.User(redacted)
		if _, ok := u.User.Password(); ok {
			clean.User = url.UserPassword(redacted, redacted)
		}
	}
	return clean.String()
}

// redactQuery leaves all as it is but the values of secrets.
func (c *config) redactQuery(query string) (clean string, changed bool) {
	if query == "" {
		return query, false
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && c.secret(name) {
			pairs[i], changed = name+"="+redacted, true
		}
	}
	if !changed {
		return query, false
	}
	return strings.Join(pairs, "&"), true
}

// secret also knows a name with escapes in it, which is the same to a server.
func (c *config) secret(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return slices.Contains(secretQuery, name) || slices.Contains(c.redacted, name)
}

// redactOpaque deals with "//user:password@host/path", which is how a URL is
// given that has to be sent as it is written.
func redactOpaque(opaque string) string {
	rest, ok := strings.CutPrefix(opaque, "//")
	if !ok {
		return opaque
	}
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		return "//" + redacted + rest[at:]
	}
	return opaque
}
