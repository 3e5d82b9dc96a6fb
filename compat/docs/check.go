// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Pages returns the names of all pages of a tree, but for those in directories
// whose name begins with a dot, and in testdata.
func Pages(tree fs.FS) ([]string, error) {
	var pages []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			pages = append(pages, name)
		}
		return nil
	})
	return pages, err
}

// Check returns what is wrong with the pages of a tree, one finding a string,
// with the page and the line first.
func Check(tree fs.FS, pages ...string) ([]string, error) {
	c := &checker{tree: tree, modules: map[string]*module{}}
	for _, name := range pages {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, fmt.Errorf("docs: %w", err)
		}
		p := parse(name, string(text))
		if needsMarkers(name) {
			c.code(p)
		}
		c.numbers(p)
		c.links(p)
	}
	return c.findings, nil
}

// needsMarkers reports whether Go on a page has to be code that is tested.
func needsMarkers(name string) bool {
	return path.Dir(name) == "docs" || path.Base(name) == "README.md"
}

type checker struct {
	tree     fs.FS
	modules  map[string]*module // by directory
	findings []string
}

func (c *checker) complain(p *page, line int, format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf("%s:%d: %s", p.name, line, fmt.Sprintf(format, args...)))
}

// code checks the blocks of Go.
func (c *checker) code(p *page) {
	for _, b := range p.blocks {
		if b.lang != "go" {
			continue
		}
		fields, ok := marker(b.marker, "code")
		if !ok || len(fields) != 2 {
			c.complain(p, b.line, "Go without a line <!-- code: file region --> before it")
			continue
		}
		want, err := c.region(fields[0], fields[1])
		if err != nil {
			c.complain(p, b.line, "%v", err)
			continue
		}
		if got := strings.TrimRight(b.code, "\n"); got != want {
			c.complain(p, b.line, "not the code of %s %s, which is\n%s", fields[0], fields[1], want)
		}
	}
}

// marker returns the words of a comment <!-- kind: words -->.
func marker(line, kind string) ([]string, bool) {
	words, ok := strings.CutPrefix(line, "<!-- "+kind+": ")
	if !ok {
		return nil, false
	}
	words, ok = strings.CutSuffix(words, " -->")
	return strings.Fields(words), ok
}

// numbers checks the tables that are taken from another page.
func (c *checker) numbers(p *page) {
	for _, t := range p.tables {
		fields, ok := marker(t.marker, "table")
		if !ok {
			continue
		}
		if len(fields) < 2 {
			c.complain(p, t.line, "a table has to name its page and the heading there")
			continue
		}
		text, err := fs.ReadFile(c.tree, fields[0])
		if err != nil {
			c.complain(p, t.line, "%v", err)
			continue
		}
		heading := strings.Join(fields[1:], " ")
		source := parse(fields[0], string(text)).tables
		i := slices.IndexFunc(source, func(s table) bool { return s.heading == heading })
		if i < 0 {
			c.complain(p, t.line, "%s has no table under %q", fields[0], heading)
			continue
		}
		for _, problem := range compare(t, source[i]) {
			c.complain(p, t.line, "%s", problem)
		}
	}
}

// compare returns where a table says something else than its source. The first
// cell of a row names it.
func compare(t, source table) []string {
	var problems []string
	for _, row := range t.rows {
		at := slices.IndexFunc(source.rows, func(r []string) bool { return r[0] == row[0] })
		if at < 0 {
			problems = append(problems, fmt.Sprintf("the source has no row %q", row[0]))
			continue
		}
		for i, cell := range row {
			column := -1
			if i < len(t.head) {
				column = slices.Index(source.head, t.head[i])
			}
			switch {
			case i == 0:
			case column < 0:
				problems = append(problems, fmt.Sprintf("the source has no column for %q", cell))
			case source.rows[at][column] != cell:
				problems = append(problems, fmt.Sprintf("%s, %s: %q here, and %q in the source",
					row[0], t.head[i], cell, source.rows[at][column]))
			}
		}
	}
	return problems
}

// links checks those that lead to other files.
func (c *checker) links(p *page) {
	for _, l := range p.links {
		if strings.Contains(l.target, "://") || strings.HasPrefix(l.target, "mailto:") {
			continue
		}
		file, anchor, _ := strings.Cut(l.target, "#")
		to := p
		if file != "" {
			name := path.Join(path.Dir(p.name), file)
			if _, err := fs.Stat(c.tree, name); err != nil {
				c.complain(p, l.line, "a dead link: %s", l.target)
				continue
			}
			if anchor == "" {
				continue
			}
			text, err := fs.ReadFile(c.tree, name)
			if err != nil {
				c.complain(p, l.line, "a link into what is no page: %s", l.target)
				continue
			}
			to = parse(name, string(text))
		}
		if !to.headings[anchor] {
			c.complain(p, l.line, "a dead link, there is no such heading: %s", l.target)
		}
	}
}
