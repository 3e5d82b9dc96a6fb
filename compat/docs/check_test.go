// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/surefoot-go/surefoot/compat/docs"
)

const goodPage = "# A page\n" +
	"\n" +
	"See [the other](other.md#its-2nd-heading), [a directory](../code) and [this](#a-page).\n" +
	"`[no link](nowhere)` and [far](https://example.com/x).\n" +
	"\n" +
	"<!-- code: code/x_test.go answer -->\n" +
	"```go\n" +
	"n := 6 * 7\n" +
	"if n > 0 {\n" +
	"\tfmt.Println(n)\n" +
	"}\n" +
	"```\n" +
	"\n" +
	"<!-- table: bench/NUMBERS.md storm -->\n" +
	"\n" +
	"| who | late | sent |\n" +
	"| --- | ---: | ---: |\n" +
	"| **b** | 4 | 3 |\n"

// tree returns a tree without fault, in which each edit replaces a text of a
// file that has it.
func tree(t *testing.T, edits ...string) fstest.MapFS {
	t.Helper()
	files := map[string]string{
		"docs/page.md":  goodPage,
		"docs/other.md": "## Its 2nd heading\n",
		"bench/NUMBERS.md": "## calm\n\n| who | sent | late |\n| --- | --- | --- |\n| **b** | 1 | 0 |\n\n" +
			"## storm\n\n| who | sent | late |\n| --- | --- | --- |\n| a | 1 | 2 |\n| **b** | 3 | 4 |\n",
		"go.mod": "module example.com/m\n",
		"code/x_test.go": "package code\n\nimport \"fmt\"\n\nfunc Example() {\n" +
			"\t// docs:begin answer\n\tn := 6 * 7\n\tif n > 0 {\n\t\tfmt.Println(n)\n\t}\n\t// docs:end answer\n\n\t// Output: 42\n}\n",
		"deep/d.go":   "package deep\n\nfunc F() {\n\t// docs:begin f\n\t_ = 1\n\t// docs:end f\n}\n",
		"used/u.go":   "package used\n\nimport _ \"example.com/m/deep\"\n\nfunc F() {\n\t// docs:begin f\n\t_ = 1\n\t// docs:end f\n}\n",
		"unused/n.go": "package unused\n\nfunc F() {\n\t// docs:begin f\n\t_ = 1\n\t// docs:end f\n}\n",
		"by/b_test.go": "package by\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/used\"\n)\n\n" +
			"func TestF(*testing.T) { used.F() }\n",
	}
	for i := 0; i < len(edits); i += 3 {
		file, from, to := edits[i], edits[i+1], edits[i+2]
		if !strings.Contains(files[file], from) {
			t.Fatalf("%s does not have %q", file, from)
		}
		files[file] = strings.Replace(files[file], from, to, 1)
	}
	m := fstest.MapFS{}
	for name, text := range maps.All(files) {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestCheck_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		edits []string // file, from, to
		want  string   // in the only finding; empty for none
	}{
		{"nothing", nil, ""},
		{"a block without a marker", []string{"docs/page.md", "<!-- code: code/x_test.go answer -->", ""}, "Go without a line"},
		{"a marker for two regions", []string{"docs/page.md", "answer -->", "answer or -->"}, "Go without a line"},
		{"another language needs none", []string{"docs/other.md", "## Its", "```sh\nls\n```\n## Its"}, ""},
		{"an unknown file", []string{"docs/page.md", "code/x_test.go", "code/y_test.go"}, "file does not exist"},
		{"an unknown region", []string{"docs/page.md", "answer -->", "question -->"}, "no region question"},
		{"a region without an end", []string{"code/x_test.go", "// docs:end answer", "//"}, "no region answer"},
		{"a region twice", []string{"code/x_test.go", "\t// docs:begin answer", "\t// docs:begin answer\n\t// docs:begin answer"}, "two regions"},
		{"another number", []string{"docs/page.md", "6 * 7", "6 * 8"}, "not the code of"},
		{"another number in the code", []string{"code/x_test.go", "6 * 7", "6 * 8"}, "not the code of"},
		{"a line less", []string{"docs/page.md", "\tfmt.Println(n)\n", ""}, "not the code of"},
		{"spaces for tabs", []string{"docs/page.md", "\tfmt", "    fmt"}, "not the code of"},
		{"code that gofmt would change", []string{"code/x_test.go", "n := 6 * 7", "n  :=  6*7"}, ""},
		{"a page that gofmt would change", []string{"docs/page.md", "n := 6", "n  :=  6"}, "not the code of"},
		{"code of a package that has a test's import", []string{
			"docs/other.md", "##", "<!-- code: used/u.go f -->\n```go\n_ = 1\n```\n##",
		}, ""},
		{"and of one that this one imports", []string{
			"docs/other.md", "##", "<!-- code: deep/d.go f -->\n```go\n_ = 1\n```\n##",
		}, ""},
		{"code that no test reaches", []string{
			"docs/other.md", "##", "<!-- code: unused/n.go f -->\n```go\n_ = 1\n```\n##",
		}, "no test runs its package"},
		{"an example without an output", []string{"code/x_test.go", "// Output: 42", "// So much for that."}, "nothing runs Example"},
		{"an output in the comment of the end", []string{"code/x_test.go", "answer\n\n\t// Output", "answer\n\t// Output"}, "nothing runs Example"},
		{"a function that nobody calls", []string{"code/x_test.go", "func Example()", "func lonely()"}, "nothing runs lonely"},
		{"a function that somebody calls", []string{
			"code/x_test.go", "func Example()", "func TestIt(*testing.T) { busy() }\n\nfunc busy()",
		}, ""},
		{"a dead link", []string{"docs/page.md", "(../code)", "(../node)"}, "a dead link: ../node"},
		{"a dead link to a page", []string{"docs/page.md", "(other.md", "(another.md"}, "a dead link: another.md"},
		{"a dead anchor", []string{"docs/page.md", "#its-2nd", "#its-3rd"}, "no such heading"},
		{"a dead anchor on the page", []string{"docs/page.md", "(#a-page)", "(#my-page)"}, "no such heading"},
		{"another space", []string{"bench/NUMBERS.md", "| 3 | 4 |", "|\u202f3  |4|"}, ""},
		{"another figure", []string{"docs/page.md", "| 4 | 3 |", "| 4 | 2 |"}, `"2" here, and "3" in the source`},
		{"another figure in the source", []string{"bench/NUMBERS.md", "| 3 | 4 |", "| 3 | 5 |"}, `"4" here, and "5" in the source`},
		{"a row too much", []string{"docs/page.md", "| **b** |", "| **c** |"}, `no row "**c**"`},
		{"a column too much", []string{"docs/page.md", "late | sent", "later | sent"}, "no column"},
		{"a table of no heading", []string{"docs/page.md", "NUMBERS.md storm", "NUMBERS.md hail"}, `no table under "hail"`},
		{"a table of no page", []string{"docs/page.md", "bench/NUMBERS", "bench/FIGURES"}, "file does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := tree(t, tt.edits...)
			pages, err := docs.Pages(files)
			if err != nil {
				t.Fatal(err)
			}
			got, err := docs.Check(files, pages...)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want nothing", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want %q alone", got, tt.want)
			}
		})
	}
}

func TestCheck_KnowsOnlyPagesThatAreThere(t *testing.T) {
	t.Parallel()
	if got, err := docs.Check(tree(t), "docs/none.md"); err == nil {
		t.Errorf("got %q, want an error", got)
	}
}

func TestPages_LeavesOutHiddenOnesAndTestData(t *testing.T) {
	t.Parallel()
	files := tree(t)
	for _, name := range []string{".hidden/a.md", "code/testdata/b.md"} {
		files[name] = &fstest.MapFile{}
	}
	pages, err := docs.Pages(files)
	if got := strings.Join(pages, " "); err != nil || got != "bench/NUMBERS.md docs/other.md docs/page.md" {
		t.Errorf("got %q, %v", got, err)
	}
}
