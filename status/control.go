// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"encoding/base64"
	"net/http"
)

// maxForm bounds the body of a POST. A key has at most 512 bytes twice, and each
// takes up to three.
const maxForm = 8 << 10

// The values of action.
const (
	actionOpen   = "force-open"
	actionClosed = "force-closed"
	actionReset  = "reset"
)

// post changes a circuit by hand. It takes a form with action, and key or id.
func (p *Page) post(w http.ResponseWriter, r *http.Request) {
	if err := p.guard.Check(r); err != nil {
		http.Error(w, "refused: this comes from another site", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this is no form", http.StatusBadRequest)
		return
	}
	key := r.PostForm.Get("key")
	if id := r.PostForm.Get("id"); id != "" {
		raw, err := base64.RawURLEncoding.DecodeString(id)
		if err != nil {
			http.Error(w, "id is no base64url", http.StatusBadRequest)
			return
		}
		key = string(raw)
	}
	known, valid := p.force(r.PostForm.Get("action"), key)
	switch {
	case !valid:
		http.Error(w, "action is force-open, force-closed or reset", http.StatusBadRequest)
	case !known:
		http.Error(w, "there is no circuit of that key", http.StatusNotFound)
	case r.URL.Query().Get("format") == "json":
		writeJSON(w, http.StatusOK, struct {
			OK bool `json:"ok"`
		}{true})
	default:
		// Relative to wherever the page is mounted, which a handler that strips
		// a prefix does not know.
		f := filterOf(r.URL.Query())
		w.Header().Set("Location", f.query(f.page))
		w.WriteHeader(http.StatusSeeOther)
	}
}

// force reports whether there is a circuit of the key, and whether there is such
// an action.
func (p *Page) force(action, key string) (known, valid bool) {
	if p.stack == nil {
		return false, action == actionOpen || action == actionClosed || action == actionReset
	}
	switch action {
	case actionOpen:
		return p.stack.ForceOpen(key), true
	case actionClosed:
		return p.stack.ForceClosed(key), true
	case actionReset:
		return p.stack.Reset(key), true
	}
	return false, false
}
