// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"net/http"
)

func keyClauses() []Clause {
	return []Clause{
		{
			Name:   "key/added",
			Source: "draft-ietf-httpapi-idempotency-key-header §2",
			Doc:    "A POST without a key reaches the base with one.",
			Needs:  "AddsKeys", run: keyAdded,
		},
		{
			Name:   "key/unique",
			Source: "draft-ietf-httpapi-idempotency-key-header §2.2: a key must not be used again with another payload",
			Doc:    "Every call gets a key of its own, calls of an equal request too.",
			Needs:  "AddsKeys", run: keyUnique,
		},
		{
			Name:   "key/caller-wins",
			Source: "draft-ietf-httpapi-idempotency-key-header §2.5; the key is the caller's promise",
			Doc:    "A key that the caller has set is kept.",
			Needs:  "AddsKeys", run: keyCallerWins,
		},
		{
			Name:   "key/same-on-every-attempt",
			Source: "draft-ietf-httpapi-idempotency-key-header §2.5; " + complaints + "home-made layers beneath the retry",
			Doc:    "All attempts of one call carry the same key.",
			Needs:  "AddsKeys", run: keySameOnEveryAttempt,
		},
	}
}

// keyOf makes a POST and returns the keys of its attempts.
func (p *probe) keysOf(rt http.RoundTripper, base *Script, req *http.Request) [][]string {
	before := base.Len()
	p.call(rt, req)
	var keys [][]string
	for _, a := range base.Attempts()[before:] {
		keys = append(keys, a.Header.Values(p.cfg.keyHeader))
	}
	return keys
}

func keyAdded(p *probe) {
	base := p.script(Respond(200))
	req, _ := p.upload(http.MethodPost, "content")
	for _, key := range p.keysOf(p.wrapped(base), base, req) {
		if len(key) != 1 || key[0] == "" {
			p.errorf("POST without a key: got %s %q at the base, want one key", p.cfg.keyHeader, key)
		}
	}
}

func keyUnique(p *probe) {
	base := p.script(Respond(200))
	rt := p.wrapped(base)
	seen := map[string]bool{}
	req, _ := p.upload(http.MethodPost, "content")
	for range 100 {
		again := req.Clone(p.ctx)
		again.Body, _ = req.GetBody()
		for _, key := range p.keysOf(rt, base, again) {
			if len(key) == 1 && seen[key[0]] {
				p.fatalf("two calls: got the key %q for both, want one each", key[0])
			}
			seen[key[0]] = true
		}
	}
}

func keyCallerWins(p *probe) {
	base := p.script(Respond(200))
	req, _ := p.upload(http.MethodPost, "content")
	req.Header.Set(p.cfg.keyHeader, "key-of-the-caller")
	for _, key := range p.keysOf(p.wrapped(base), base, req) {
		if len(key) != 1 || key[0] != "key-of-the-caller" {
			p.errorf("POST with a key: got %s %q at the base, want the caller's", p.cfg.keyHeader, key)
		}
	}
}

func keySameOnEveryAttempt(p *probe) {
	base := p.script(Respond(503), Fail(errReset()), Respond(200))
	req, _ := p.upload(http.MethodPost, "content")
	keys := p.keysOf(p.wrapped(base), base, req)
	if len(keys) < 2 {
		p.excusef("the wrapper makes one attempt")
	}
	for i, key := range keys {
		if len(key) != 1 || key[0] != keys[0][0] {
			p.errorf("attempt %d: got %s %q, want %q as in the first", i+1, p.cfg.keyHeader, key, keys[0])
		}
	}
}
