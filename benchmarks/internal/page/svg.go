// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// BeginSVG begins a picture of that size, with a title for who cannot see it.
func BeginSVG(b *strings.Builder, width, height int, title, style string) {
	title = Escape(title)
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`,
		width, height, width, height, title)
	fmt.Fprintf(b, "\n<title>%s</title>\n<style>%s</style>\n", title, style)
}

// Escape writes text for the inside of an element of SVG.
func Escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
