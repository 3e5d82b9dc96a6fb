// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs

import (
	"regexp"
	"strings"
	"unicode"
)

// A page is what the checks need to know of a page in Markdown.
type page struct {
	name     string
	blocks   []block
	links    []link
	tables   []table
	headings map[string]bool // as anchors
}

// A block is code between fences.
type block struct {
	line   int
	lang   string
	marker string // the last line before it that is not blank
	code   string
}

// A link is what stands between the round brackets of a link.
type link struct {
	line   int
	target string
}

// A table has cells without white space around them.
type table struct {
	line    int
	marker  string // as of a block
	heading string // the text of the heading that it stands under
	head    []string
	rows    [][]string
}

var (
	linkTarget = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)`)
	inlineCode = regexp.MustCompile("`[^`]*`")
	ruleRow    = regexp.MustCompile(`^\|[\s:|-]+\|$`)
)

// parse reads a page. It knows as much of Markdown as these pages use.
func parse(name, text string) *page {
	p := &page{name: name, headings: map[string]bool{}}
	var fence, before, heading string
	var code []string
	inTable := false
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "":
			if trimmed == fence {
				p.blocks[len(p.blocks)-1].code, fence = strings.Join(code, "\n"), ""
				before = trimmed
				continue
			}
			code = append(code, line)
			continue
		case strings.HasPrefix(trimmed, "```"):
			fence, code = "```", nil
			p.blocks = append(p.blocks, block{line: i + 1, lang: strings.TrimPrefix(trimmed, "```"), marker: before})
			inTable = false
			continue
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
			p.addHeading(heading)
		}
		switch {
		case !strings.HasPrefix(trimmed, "|"):
			inTable = false
		case !inTable:
			p.tables = append(p.tables, table{line: i + 1, marker: before, heading: heading, head: cells(trimmed)})
			inTable = true
		case !ruleRow.MatchString(trimmed):
			t := &p.tables[len(p.tables)-1]
			t.rows = append(t.rows, cells(trimmed))
		}
		for _, m := range linkTarget.FindAllStringSubmatch(inlineCode.ReplaceAllString(line, "``"), -1) {
			p.links = append(p.links, link{i + 1, m[1]})
		}
		if trimmed != "" {
			before = trimmed
		}
	}
	return p
}

func cells(row string) []string {
	var cells []string
	for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
		cells = append(cells, strings.Join(strings.Fields(cell), " ")) // also spaces that are narrow
	}
	return cells
}

// addHeading records the anchor that a heading gets on the usual sites: in
// lower case, spaces as hyphens, without most punctuation.
func (p *page) addHeading(text string) {
	text = linkTarget.ReplaceAllString(text, "]")
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	p.headings[b.String()] = true
}
