// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed

import (
	"hash/maphash"
	"net/http"
	"strings"
)

// A Key names what state is kept per. By default it is where a request goes,
// in two parts so that no string has to be joined for a look-up; a key that a
// user's function made has only a Host.
type Key struct {
	Scheme, Host string
}

// maxKeyLen bounds what a key may hold on to, since user code can make keys of
// anything. Longer keys are cut, so two that differ only past it share state.
const maxKeyLen = 512

// Of returns the key of a request: fn's answer, or scheme, host and port where
// fn is nil. A request without a URL has the empty key.
//
// Spellings that are the same by RFC 3986 §6.2.2.1 and §6.2.3 are one key: letters
// are lower case, and a port is left out that is the scheme's own or empty. User
// and password are no part of it. The rest stays as it is, and makes keys of its
// own: a dot at the end, without which a resolver may look in its own domain
// first; the zone of an IPv6 address, which names an interface; the many ways to
// write one address; and a name in Unicode beside the same in ASCII. A host with an
// upper-case letter costs an allocation, and no other does.
func Of(fn func(*http.Request) string, req *http.Request) Key {
	if fn != nil {
		return Key{Host: cut(fn(req))}
	}
	if req.URL == nil {
		return Key{}
	}
	scheme, host := req.URL.Scheme, req.URL.Host
	if scheme != "https" && scheme != "http" { // or it would be looked at byte by byte
		scheme = lower(cut(scheme))
	}
	switch scheme {
	case "https":
		host = strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":")
	case "http":
		host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":")
	}
	return Key{Scheme: scheme, Host: lower(cut(host))}
}

// lower returns s with the letters of ASCII in lower case, up to a zone.
func lower(s string) string {
	for i := range len(s) {
		if s[i]-'A' < 26 {
			return lowered(s)
		}
	}
	return s
}

func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c == '%' {
			break
		}
		if c-'A' < 26 {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// For returns the entry of the key of a request, as Get(Of(fn, req)) does. It
// first looks for the host as it is: a key that is held is spelled as Of does, so
// what is found is right, and most requests are spelled so.
func (m *Map[V]) For(fn func(*http.Request) string, req *http.Request) *Entry[V] {
	if fn == nil && req.URL != nil {
		k := Key{Scheme: req.URL.Scheme, Host: req.URL.Host}
		if e := m.find(k, k.hash(m.seed)); e != nil {
			return e
		}
	}
	return m.Get(Of(fn, req))
}

func cut(s string) string {
	if len(s) > maxKeyLen {
		return s[:maxKeyLen]
	}
	return s
}

// String returns the key for people: "scheme://host:port", or what the user's
// function gave.
func (k Key) String() string {
	if k.Scheme == "" {
		return k.Host
	}
	return k.Scheme + "://" + k.Host
}

// clone frees the key from the memory that its strings point into, which may
// be a whole URL or more.
func (k Key) clone() Key {
	return Key{Scheme: strings.Clone(k.Scheme), Host: strings.Clone(k.Host)}
}

// hash leaves the scheme to the comparison: two schemes on one host are rare
// and then only share a chain.
func (k Key) hash(seed maphash.Seed) uint64 {
	return maphash.String(seed, k.Host)
}
