// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package compat_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/compat/docs"
)

// root is the tree, by a link inside of this module: a file that a test opens
// outside of it does not count for go test, which would go on to call a result
// good that is out of date. Where there are no links, that has to do.
func root() string {
	const link = "testdata/root"
	if _, err := os.Stat(link + "/go.mod"); err == nil {
		return link
	}
	return ".."
}

// Code on the pages is code that a test runs, numbers that are taken from other
// pages are those, and links lead somewhere. Package docs tells how, and its
// tests hold the pages that fail.
func TestPages_SayWhatIsSo(t *testing.T) {
	t.Parallel()
	tree := os.DirFS(root())
	pages, err := docs.Pages(tree)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := docs.Check(tree, pages...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error(f)
	}
}

// A page that the index does not know is read by nobody.
func TestPages_AreInTheIndex(t *testing.T) {
	t.Parallel()
	tree := os.DirFS(root())
	pages, err := docs.Pages(tree)
	if err != nil {
		t.Fatal(err)
	}
	index, err := fs.ReadFile(tree, "docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		if base := path.Base(name); path.Dir(name) == "docs" && base != "README.md" && !strings.Contains(string(index), "("+base+")") {
			t.Errorf("docs/README.md has no link to %s", base)
		}
	}
}
