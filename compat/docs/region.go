// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// region returns a region of a file as it has to stand on a page, if a test
// runs it.
func (c *checker) region(file, name string) (string, error) {
	text, err := fs.ReadFile(c.tree, file)
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(text), "\n")
	begin, end := -1, -1
	for i, line := range lines {
		switch strings.TrimSpace(line) {
		case "// docs:begin " + name:
			if begin >= 0 {
				return "", fmt.Errorf("%s has two regions %s", file, name)
			}
			begin = i
		case "// docs:end " + name:
			end = i
		}
	}
	if begin < 0 || end < begin {
		return "", fmt.Errorf("%s has no region %s with a begin and an end", file, name)
	}
	if err := c.runs(file, begin+1, end+1); err != nil {
		return "", fmt.Errorf("%s %s: %w", file, name, err)
	}
	code, err := format.Source([]byte(dedent(lines[begin+1 : end])))
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", file, name, err)
	}
	return strings.Trim(string(code), "\n"), nil
}

// dedent takes away the tabs that all lines begin with.
func dedent(lines []string) string {
	common := -1
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if tabs := len(line) - len(strings.TrimLeft(line, "\t")); common < 0 || tabs < common {
			common = tabs
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = line[min(max(common, 0), len(line)-len(strings.TrimLeft(line, "\t"))):]
	}
	return strings.Join(out, "\n")
}

// runs tells why no test runs what is between two lines of a file, or nil.
func (c *checker) runs(file string, from, to int) error {
	dir := path.Dir(file)
	tested, err := c.tested(dir)
	if err != nil {
		return err
	}
	if !tested {
		return errors.New("no test runs its package")
	}
	if !strings.HasSuffix(file, "_test.go") {
		return nil
	}
	files, fset, err := c.parseDir(dir, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, decl := range files[file].Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fset.Position(fn.End()).Line < from || fset.Position(fn.Pos()).Line > to {
			continue
		}
		if !isRun(fn, files) {
			return fmt.Errorf("nothing runs %s: it is no test, no example with an output, and nobody uses it", fn.Name.Name)
		}
	}
	return nil
}

func isRun(fn *ast.FuncDecl, files map[string]*ast.File) bool {
	name := fn.Name.Name
	switch {
	case strings.HasPrefix(name, "Test"), name == "main", name == "init":
		return true
	case strings.HasPrefix(name, "Example"):
		var all []*ast.File
		for _, f := range files {
			all = append(all, f)
		}
		for _, e := range doc.Examples(all...) {
			if "Example"+e.Name == name {
				return e.Output != "" || e.EmptyOutput
			}
		}
		return false
	}
	used := false
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			used = used || ok && id.Name == name && id != fn.Name
			return !used
		})
	}
	return used
}

// parseDir parses the Go files of a directory, by their names in the tree.
func (c *checker) parseDir(dir string, mode parser.Mode) (map[string]*ast.File, *token.FileSet, error) {
	names, err := fs.Glob(c.tree, path.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	fset, files := token.NewFileSet(), map[string]*ast.File{}
	for _, name := range names {
		text, err := fs.ReadFile(c.tree, name)
		if err != nil {
			return nil, nil, err
		}
		if files[name], err = parser.ParseFile(fset, name, text, mode); err != nil {
			return nil, nil, err
		}
	}
	return files, fset, nil
}
