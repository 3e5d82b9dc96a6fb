// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// A listed package is what go list says of one.
type listed struct {
	ImportPath string
	Name       string
	Export     string // file of its export data; empty where there are only tests
	Standard   bool
	DepOnly    bool
	Module     *struct{ Path string }
}

// A pkg is a public package.
type pkg struct {
	types  *types.Package
	module string
	file   string // of its list, below the directory of the lists
	std    map[string]bool
}

// load compiles the packages of a module and reads what they export.
func load(dir string) ([]pkg, error) {
	all, err := goList(dir)
	if err != nil {
		return nil, err
	}
	exports, std := map[string]string{}, map[string]bool{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
		std[l.ImportPath] = l.Standard
	}
	read := importer.ForCompiler(token.NewFileSet(), "gc", func(p string) (io.ReadCloser, error) {
		if exports[p] == "" {
			return nil, fmt.Errorf("no export data of %s", p)
		}
		return os.Open(exports[p])
	})
	var pkgs []pkg
	for _, l := range all {
		if !l.public() {
			continue
		}
		t, err := read.Import(l.ImportPath)
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, l.Module.Path), "/")
		if name == "" {
			name = path.Base(l.Module.Path)
		}
		pkgs = append(pkgs, pkg{types: t, module: l.Module.Path, file: name + ".txt", std: std})
	}
	if len(pkgs) == 0 {
		return nil, errors.New("no public package")
	}
	return pkgs, nil
}

// public reports whether the package is of the module and others can import it.
func (l listed) public() bool {
	return !l.DepOnly && l.Module != nil && l.Export != "" && l.Name != "main" &&
		!slices.Contains(strings.Split(l.ImportPath, "/"), "internal")
}

func goList(dir string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Name,Export,Standard,DepOnly,Module", "./...") //nolint:noctx // as long as it takes
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}
