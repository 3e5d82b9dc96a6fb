// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"html/template"
	"sync"
)

// The parts of the page, which has style and script inline; read-only.
var (
	//go:embed assets/page.html
	pageHTML string
	//go:embed assets/page.css
	pageCSS string
	//go:embed assets/page.js
	pageJS string
)

// templates parses the page once; what it gives is read-only. The page is part of
// the program, so it parses, and a test renders all of it.
var templates = sync.OnceValue(func() *template.Template { //nolint:gochecknoglobals // a constant, made when it is first needed
	return template.Must(template.New("").Funcs(template.FuncMap{"n": number}).Parse(pageHTML))
})

// policy lets the browser run our script and use our style, known by their
// hashes, talk to where the page came from, and nothing else. Whatever a key
// smuggled into the page would not run.
var policy = sync.OnceValue(func() string { //nolint:gochecknoglobals // a constant, made when it is first needed
	return "default-src 'none'; script-src '" + hashOf(pageJS) + "'; style-src '" + hashOf(pageCSS) +
		"'; connect-src 'self'; form-action 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
})

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
