// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"context"
	"net/http"
)

type templateKey struct{}

// URLTemplate returns a context for a call whose URL was made from a template,
// such as "/payments/{id}". The template becomes part of the span's name, and an
// attribute of span and duration, so there must be few of them. An empty one
// stands for none.
func URLTemplate(ctx context.Context, template string) context.Context {
	return context.WithValue(ctx, templateKey{}, template)
}

func (c *config) templateOf(req *http.Request) string {
	if template, ok := req.Context().Value(templateKey{}).(string); ok {
		return template
	}
	if c.template != nil {
		return c.template(req)
	}
	return ""
}
