// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// An APIError is what a server said about a request that it did not carry out.
// [ErrorFrom] makes it. It is a plain value: nothing else refers to it or to
// its Raw.
type APIError struct {
	// Status is the status code of the response. A status in the body is
	// advisory (RFC 9457 §3.1.2) and ignored.
	Status int

	// Class is the class that [Default] gives the status.
	Class Class

	// Code is the error code for programs, "card_declined" for example. It is
	// empty where the body has none.
	Code string

	// Message is the explanation for people, in the server's words.
	Message string

	// Param is the name of the parameter that is at fault.
	Param string

	// Raw is the body as it came, cut at 64 KiB.
	Raw []byte
}

// Error returns the status, the code and the message. The message is the
// server's: it is cut after 200 bytes, and control characters are replaced, so
// that it stays on one line of a log.
func (e *APIError) Error() string {
	if e == nil {
		return "classify: no error"
	}
	text := "classify: " + strconv.Itoa(e.Status)
	if e.Code == "" && e.Message == "" {
		return strings.TrimSpace(text + " " + http.StatusText(e.Status))
	}
	if e.Code != "" {
		text += " " + oneLine(e.Code)
	}
	if e.Message != "" {
		text += ": " + oneLine(e.Message)
	}
	return text
}

// ErrorFrom returns what an error response says, or nil for a nil response and
// for a status below 400. Compare the result with nil before it becomes an
// error, since a nil *APIError in an error is not a nil error, or call [Check].
//
// It finds a code, a message and a param in these, also where the body is cut
// short or of another media type:
//
//	{"code": …, "message": …, "param": …}
//	{"error": {"code": …, "message": …, "param": …}}
//	{"error": "code", "error_description": "message"}   OAuth, RFC 6749 §5.2
//	{"type": "uri", "title": …, "detail": …}            RFC 9457; a code goes before the type
//	{"errors": [{…}, …]} and [{…}, …]                   the first one
//
// A type stands for a code that is missing, and a number is taken as its
// digits. A body with a Content-Encoding is not decoded: only Raw tells it.
//
// The body of the response is put back and can be read in full, errors and
// all; Close reaches the original. At most 64 KiB are read ahead, and they are
// read once: a second call finds them remembered. ErrorFrom waits for them as
// long as the context of the request allows. It must not be called while
// another goroutine reads the body.
func ErrorFrom(resp *http.Response) *APIError {
	if resp == nil || resp.StatusCode < http.StatusBadRequest {
		return nil
	}
	seen := peek(resp)
	return &APIError{
		Status:  resp.StatusCode,
		Class:   defaults.classes.of(resp.StatusCode),
		Code:    seen.found.code,
		Message: seen.found.message,
		Param:   seen.found.param,
		Raw:     bytes.Clone(seen.head), // the body is still to be read
	}
}

// Check is [ErrorFrom] for those who want an error of every status from 400 on: it
// returns an [*APIError] and closes the body, or nil, and then the body is yours to
// read and to close. A nil response is nil.
//
//	resp, err := client.Do(req)
//	if err != nil {
//		return err
//	}
//	defer resp.Body.Close()
//	if err := classify.Check(resp); err != nil {
//		return err
//	}
func Check(resp *http.Response) error {
	e := ErrorFrom(resp)
	if e == nil {
		return nil
	}
	if resp.Body != nil {
		_ = resp.Body.Close() // what there was to say is in e
	}
	return e
}

// maxText bounds what a server can write into a log.
const maxText = 200

func oneLine(s string) string {
	if len(s) > maxText {
		s = s[:maxText] + "…"
	}
	s = strings.ToValidUTF8(s, "") // the cut may have split a character
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
