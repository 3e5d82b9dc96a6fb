// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs

import (
	"fmt"
	"go/parser"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

var modulePath = regexp.MustCompile(`(?m)^module (\S+)`)

// A module knows which of its packages tests reach.
type module struct {
	tested map[string]bool // by directory in the tree
}

// tested reports whether the package of a directory has tests or is imported,
// directly or not, by one of its module that has.
func (c *checker) tested(dir string) (bool, error) {
	root := dir
	for !exists(c.tree, path.Join(root, "go.mod")) {
		if root == "." {
			return false, fmt.Errorf("%s is in no module", dir)
		}
		root = path.Dir(root)
	}
	m := c.modules[root]
	if m == nil {
		var err error
		if m, err = c.readModule(root); err != nil {
			return false, err
		}
		c.modules[root] = m
	}
	return m.tested[dir], nil
}

func exists(tree fs.FS, name string) bool {
	_, err := fs.Stat(tree, name)
	return err == nil
}

func (c *checker) readModule(root string) (*module, error) {
	text, err := fs.ReadFile(c.tree, path.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	found := modulePath.FindSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("%s/go.mod names no module", root)
	}
	prefix := string(found[1])
	imports := map[string][]string{} // directories, of what is no test
	var next []string
	err = fs.WalkDir(c.tree, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || exists(c.tree, path.Join(name, "go.mod"))):
			return fs.SkipDir
		}
		files, _, err := c.parseDir(name, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for file, f := range files {
			for _, spec := range f.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				rest, ours := strings.CutPrefix(imported, prefix+"/")
				if err != nil || !ours {
					continue
				}
				if to := path.Join(root, rest); strings.HasSuffix(file, "_test.go") {
					next = append(next, to)
				} else {
					imports[name] = append(imports[name], to)
				}
			}
			if strings.HasSuffix(file, "_test.go") {
				next = append(next, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m := &module{tested: map[string]bool{}}
	for len(next) > 0 {
		dir := next[0]
		next = next[1:]
		if !m.tested[dir] {
			m.tested[dir] = true
			next = append(next, imports[dir]...)
		}
	}
	return m, nil
}
