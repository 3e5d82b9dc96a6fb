// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"go/constant"
	"go/types"
	"strings"
	"time"
)

// list writes what a package exports: constants, variables, functions, and each
// type with its fields and methods, in the order of their names.
func list(p pkg) string {
	l := &lister{p: p}
	scope := p.types.Scope()
	for _, kind := range []func(types.Object){l.constantValue, l.variable, l.function, l.typeName} {
		for _, name := range scope.Names() { // sorted
			if o := scope.Lookup(name); o.Exported() {
				kind(o)
			}
		}
	}
	return l.b.String()
}

type lister struct {
	p pkg
	b strings.Builder
}

func (l *lister) line(format string, args ...any) {
	fmt.Fprintf(&l.b, format+"\n", args...)
}

// text writes a type as the package's own source would, but for packages of
// other modules, which are named in full: a change of major version counts.
func (l *lister) text(t types.Type) string { return types.TypeString(t, l.qualify) }

func (l *lister) qualify(other *types.Package) string {
	switch {
	case other == l.p.types:
		return ""
	case l.p.std[other.Path()]:
		return other.Name()
	default:
		return strings.TrimPrefix(other.Path(), l.p.module+"/")
	}
}

func (l *lister) constantValue(o types.Object) {
	if c, ok := o.(*types.Const); ok {
		l.line("const %s %s = %s", c.Name(), l.text(c.Type()), value(c))
	}
}

// value writes the value of a constant as people would.
func value(c *types.Const) string {
	if n, exact := constant.Int64Val(constant.ToInt(c.Val())); exact && c.Type().String() == "time.Duration" {
		return time.Duration(n).String()
	}
	if c.Val().Kind() == constant.Float {
		return c.Val().String() // 0.8 and not 4/5
	}
	return c.Val().ExactString()
}

func (l *lister) variable(o types.Object) {
	if v, ok := o.(*types.Var); ok {
		l.line("var %s %s", v.Name(), l.text(v.Type()))
	}
}

func (l *lister) function(o types.Object) {
	if f, ok := o.(*types.Func); ok {
		l.line("func %s%s", f.Name(), l.signature(f))
	}
}

func (l *lister) signature(f *types.Func) string {
	return strings.TrimPrefix(l.text(f.Type()), "func")
}

func (l *lister) typeName(o types.Object) {
	t, ok := o.(*types.TypeName)
	if !ok {
		return
	}
	if alias, ok := t.Type().(*types.Alias); ok && t.IsAlias() {
		l.line("type %s%s = %s", t.Name(), l.parameters(alias.TypeParams()), l.text(alias.Rhs()))
		return
	}
	named, ok := t.Type().(*types.Named)
	if !ok {
		l.line("type %s = %s", t.Name(), l.text(t.Type()))
		return
	}
	name := t.Name() + l.parameters(named.TypeParams())
	switch u := named.Underlying().(type) {
	case *types.Struct:
		l.structure(name, u)
	case *types.Interface:
		l.contract(name, u)
		return // its methods are listed
	default:
		l.line("type %s %s", name, l.text(u))
	}
	l.methods(named)
}

func (l *lister) parameters(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	parts := make([]string, 0, list.Len())
	for p := range list.TypeParams() {
		parts = append(parts, p.Obj().Name()+" "+l.text(p.Constraint()))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// structure writes a line for each field. That there are others matters to those
// who compare values or write them without names.
func (l *lister) structure(name string, s *types.Struct) {
	hidden := ""
	for f := range s.Fields() {
		if !f.Exported() {
			hidden = " // and unexported fields"
		}
	}
	l.line("type %s struct%s", name, hidden)
	for f := range s.Fields() {
		switch {
		case !f.Exported():
		case f.Embedded():
			l.line("field %s, %s", name, l.text(f.Type()))
		default:
			l.line("field %s, %s %s", name, f.Name(), l.text(f.Type()))
		}
	}
}

// contract writes a line for each method. One with unexported methods is sealed:
// nobody else can implement it, so it may grow.
func (l *lister) contract(name string, i *types.Interface) {
	sealed := ""
	for m := range i.Methods() {
		if !m.Exported() {
			sealed = " // sealed"
		}
	}
	l.line("type %s interface%s", name, sealed)
	for m := range i.Methods() {
		if m.Exported() {
			l.line("method %s.%s%s", name, m.Name(), l.signature(m))
		}
	}
	for e := range i.EmbeddedTypes() {
		if _, ok := e.Underlying().(*types.Interface); !ok {
			l.line("union %s, %s", name, l.text(e)) // a constraint
		}
	}
}

// methods writes a line for each exported method, those of embedded fields too,
// with the receiver that it takes.
func (l *lister) methods(named *types.Named) {
	byValue := types.NewMethodSet(named)
	set := types.NewMethodSet(types.NewPointer(named))
	for s := range set.Methods() {
		m, ok := s.Obj().(*types.Func)
		if !ok || !m.Exported() {
			continue
		}
		receiver := "*" + named.Obj().Name()
		if byValue.Lookup(m.Pkg(), m.Name()) != nil {
			receiver = named.Obj().Name()
		}
		l.line("method (%s) %s%s", receiver, m.Name(), strings.TrimPrefix(l.text(s.Type()), "func"))
	}
}
