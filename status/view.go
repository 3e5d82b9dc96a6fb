// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A view is what the template is given. Texts in it are as people read them.
type view struct {
	Report
	Stack        string
	Text, State  string // of the filter
	States       []choice
	Query        string // of this page, for forms
	Before, Next string // queries, or ""
	From, To     int
	Controls     bool
	Limits       bool // some key has one
	Watched      string
	Rows         []viewRow
	Lines        []viewLine

	CSS template.CSS
	JS  template.JS
}

type choice struct {
	Value, Label string
	Selected     bool
}

type viewRow struct {
	Key
	Badge            string // of the circuit: closed, half-open, open; and that it is the fleet's
	Note             string // on the state
	Wait             string // that the server asked for
	Tone             string // of the row: down, trouble, or ""
	Spark            spark
	Level            string // of the budget
	Spent            bool
	LastWhat, LastAt string
	Earlier          string
}

type viewLine struct {
	Event
	Tag, Tone string
	Clock     string
}

func (p *Page) writeHTML(w http.ResponseWriter, f filter, name string) {
	v := p.view(f)
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "the page cannot be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func (p *Page) view(f filter) view {
	v := view{
		Report: p.report(f), Text: f.text, State: f.state, Controls: p.controls,
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), //nolint:gosec // our own, and constant
	}
	v.Name = clean(v.Name, maxText)
	v.Stack = strings.ToValidUTF8(strings.Join(v.Layers, " → "), "\uFFFD")
	v.Query = f.query(v.Page)
	v.Watched = duration(v.At.Sub(v.Since))
	v.States = []choice{{"", "all states", f.state == ""}}
	for _, s := range states {
		label := s
		switch s {
		case stateTrouble:
			label = "in trouble"
		case stateFleet:
			label = "by the fleet"
		}
		v.States = append(v.States, choice{s, label, f.state == s})
	}
	if v.Page > 1 {
		v.Before = f.query(v.Page - 1)
	}
	if v.Page < v.Pages {
		v.Next = f.query(v.Page + 1)
	}
	v.From, v.To = min((v.Page-1)*PageSize+1, v.Matching), (v.Page-1)*PageSize+len(v.Keys)
	for _, k := range v.Keys {
		v.Limits = v.Limits || k.Limit != nil
		v.Rows = append(v.Rows, rowOf(k, v.At))
	}
	for _, e := range v.Feed {
		tag, tone := tagOf(e.Kind)
		if e.Fleet {
			tone += " fleet"
		}
		v.Lines = append(v.Lines, viewLine{Event: e, Tag: tag, Tone: tone, Clock: e.At.Format("15:04:05")})
	}
	return v
}

func rowOf(k Key, at time.Time) viewRow {
	r := viewRow{Key: k, Badge: k.Circuit.State, Spark: sparkOf(k.History, &k.Recent), Level: "full"}
	switch c := k.Circuit; {
	case c.Forced:
		r.Note = "by hand"
	case c.State == stateOpen && c.RetryAfterMS > 0:
		r.Note = "probe in " + duration(time.Duration(c.RetryAfterMS)*time.Millisecond)
	case c.State == stateOpen:
		r.Note = "probe due"
	case c.State == stateHalfOpen:
		r.Note = "probing"
	}
	if k.Circuit.Fleet {
		r.Badge += " fleet"
		r.Note = "by the fleet, " + r.Note
	}
	switch {
	case k.Circuit.State == stateOpen:
		r.Tone = "down"
	case k.Trouble:
		r.Tone = stateTrouble
	}
	if k.Budget != nil {
		r.Level = strconv.FormatFloat(k.Budget.Tokens, 'f', 1, 64)
		r.Spent = k.Budget.Tokens < 1
	}
	if k.Limit != nil && k.Limit.CoolDownMS > 0 {
		r.Wait = "cools down, " + duration(time.Duration(k.Limit.CoolDownMS)*time.Millisecond)
		if k.Limit.Fleet {
			r.Wait += ", by the fleet"
		}
	}
	if len(k.Errors) > 0 {
		last := k.Errors[0]
		r.LastWhat = last.what()
		r.LastAt = ago(at.Sub(last.At))
		var earlier []string
		for _, e := range k.Errors[1:] {
			earlier = append(earlier, e.what()+", "+ago(at.Sub(e.At)))
		}
		r.Earlier = strings.Join(earlier, "; ")
	}
	return r
}

// what names an error in a few words: the method, and what came of it.
func (e *Error) what() string {
	reason := ""
	if e.Status == 0 || e.Reason != "status" {
		reason = e.Reason
	}
	text := e.Method + " "
	switch {
	case e.Kind == "body_failed":
		return text + strconv.Itoa(e.Status) + ", body broke"
	case e.Status != 0 && reason != "" && reason != "none":
		return text + strconv.Itoa(e.Status) + ", " + people(reason)
	}
	return text + outcome(e.Status, e.Reason)
}

// tagOf returns what the feed calls a kind of event, and the tone of it.
func tagOf(kind string) (tag, tone string) {
	switch kind {
	case "retry_scheduled":
		return "retry", "info"
	case "retry_suppressed":
		return "no retry", "warn"
	case "rejected":
		return "rejected", "warn"
	case "circuit_opened":
		return "opened", "bad"
	case "circuit_half_opened":
		return "half-open", "warn"
	case "circuit_closed":
		return "closed", "good"
	case "body_failed":
		return "body broke", "bad"
	case "misconfigured":
		return "setup", "warn"
	case "fleet_lost":
		return "fleet lost", "bad"
	case "fleet_found":
		return "fleet found", "good"
	case "cool_down_started":
		return "cool-down", "warn"
	case "limit_changed":
		return "limit", "info"
	case "hedged":
		return "hedge", "info"
	case "hedge_suppressed":
		return "no hedge", "warn"
	}
	return people(kind), "info"
}
