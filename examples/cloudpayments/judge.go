// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
)

// An endKind says how a call ended for its caller.
type endKind uint8

const (
	// endAnswered: the answer that the API documents, whole.
	endAnswered endKind = iota
	// endUnknown: an error, a 5XX, a conflict or half an answer. The call may
	// have arrived, so the caller cannot know what became of it.
	endUnknown
	// endNotSent: an error, and nothing of the call left this machine.
	endNotSent
	// endLost: an answer arrived, and the caller was given something else.
	endLost
)

// An ending is how one call ended.
type ending struct {
	kind     endKind
	class    classify.Class
	label    string // the status, or what the error was
	status   int
	attempts int
	took     time.Duration
	ended    time.Time
	id       string // of the object in the answer
	code     string // of the typed error in the answer
	why      string // of endLost
	// notBefore is when an open circuit said to come back.
	notBefore time.Time
}

func (e ending) lost(format string, args ...any) ending {
	e.kind, e.why = endLost, fmt.Sprintf(format, args...)
	return e
}

// A judge finds out how calls ended. What the caller holds is compared with
// what the wire saw.
type judge struct {
	classifier classify.Classifier
	// limit is the attempt timeout.
	limit time.Duration
}

// judge looks at the outcome of a call, and reads and closes the body of its
// answer.
func (j judge) judge(c *call, rec *callRecord, resp *http.Response, err error) ending {
	e := ending{attempts: rec.attempts()}
	switch {
	case resp != nil && err != nil:
		_ = resp.Body.Close()
		return e.lost("both a response and the error %v", err)
	case err != nil:
		return j.failed(e, rec, err)
	case resp == nil:
		return e.lost("neither a response nor an error")
	}
	defer func() { _ = resp.Body.Close() }()
	return j.answered(e, c, rec, resp)
}

// failed judges a call that ended in an error.
func (j judge) failed(e ending, rec *callRecord, err error) ending {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	v := j.classifier.Classify(nil, nil, err)
	e.class, e.label = v.Class, outcomeOf(0, v)
	var open *breaker.OpenError
	if errors.As(err, &open) {
		e.notBefore = time.Now().Add(open.RetryAfter)
	}
	last := rec.lastAttempt()
	switch {
	case !rec.mayHaveArrived():
		e.kind = endNotSent
	case last != nil && definite(last.status) && !gaveUp(v) && !j.late(v, last):
		return e.lost("%d arrived, and the caller was given the error %v", last.status, err)
	default:
		e.kind = endUnknown
	}
	return e
}

// gaveUp reports whether the caller ended the call, at its deadline or by an
// interrupt.
func gaveUp(v classify.Verdict) bool {
	return v.Reason == classify.ReasonCanceled || v.Reason == classify.ReasonDeadline
}

// late reports whether the answer may have come when the attempt's time was
// up: a process that was not scheduled for a while sees both at once. Then the
// call ends in a timeout, or in the rejection of its next attempt.
func (j judge) late(v classify.Verdict, last *wireAttempt) bool {
	given := v.Reason == classify.ReasonTimeout || v.Reason == classify.ReasonRejected
	return given && time.Since(last.since) >= j.limit
}

// definite reports whether the caller of a status knows what became of its
// call.
func definite(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 200 && status < 500
}

// answered judges a call that ended in a response.
func (j judge) answered(e ending, c *call, rec *callRecord, resp *http.Response) ending {
	e.status, e.label = resp.StatusCode, strconv.Itoa(resp.StatusCode)
	e.class = j.classifier.Classify(resp.Request, resp, nil).Class
	var apiErr *classify.APIError
	if e.class == classify.Terminal {
		// It peeks at the body, which must still be whole afterwards.
		apiErr = classify.ErrorFrom(resp)
	}
	body, err := io.ReadAll(resp.Body)
	last := rec.lastAttempt()
	switch {
	case last == nil || last.status != e.status:
		return e.lost("the caller was given a %d that did not arrive", e.status)
	case err != nil:
		v := j.classifier.Classify(nil, nil, err)
		if last.broken || gaveUp(v) {
			e.kind, e.class, e.label = endUnknown, v.Class, "answer cut short"
			return e
		}
		return e.lost("the body arrived whole, and the caller was given the error %v", err)
	case !last.whole:
		return e.lost("the caller was given %d bytes of the body, and there were more", len(body))
	case !bytes.Equal(body, last.body.Bytes()):
		return e.lost("%d bytes of the body arrived, and the caller was given %d others", last.body.Len(), len(body))
	case !definite(e.status):
		e.kind = endUnknown
		return e
	case e.class == classify.Terminal:
		return e.refused(c, apiErr, body)
	}
	return e.done(c, body)
}

// refused checks a 4XX: it must be the one that the call asks for, and its
// code must be there to be read as a typed value.
func (e ending) refused(c *call, apiErr *classify.APIError, body []byte) ending {
	var wire struct {
		Error struct{ Code, Message, Param string }
	}
	switch err := json.Unmarshal(body, &wire); {
	case apiErr == nil:
		return e.lost("a %d without a typed error", e.status)
	case err != nil || apiErr.Code == "":
		return e.lost("a %d without an error code: %.80s", e.status, body)
	case apiErr.Status != e.status, apiErr.Code != wire.Error.Code, apiErr.Message != wire.Error.Message, apiErr.Param != wire.Error.Param:
		return e.lost("the typed error says %d %s, the body %d %s", apiErr.Status, apiErr.Code, e.status, wire.Error.Code)
	case c.status != e.status, c.code != apiErr.Code:
		return e.lost("want %s, got %d %s", c.wanted(), e.status, apiErr.Code)
	}
	e.code = apiErr.Code
	return e
}

// done checks a 2XX: it must show the object that was asked for.
func (e ending) done(c *call, body []byte) ending {
	var o object
	err := json.Unmarshal(body, &o)
	switch {
	case c.kind.mistake(), e.status >= 300:
		return e.lost("want %s, got %d", c.wanted(), e.status)
	case err != nil || o.ID == "":
		return e.lost("a %d that shows no object: %.80s", e.status, body)
	case o.Amount != c.amount:
		return e.lost("the amount is %d in place of %d", o.Amount, c.amount)
	case c.kind.money() && o.Reference != c.reference:
		return e.lost("the answer is about %s", o.Reference)
	case c.kind == kindRefund && o.Payment != c.payment, c.kind == kindLookup && o.ID != c.payment:
		return e.lost("the answer is about another payment than %s", c.payment)
	}
	e.id = o.ID
	return e
}

// wanted names the answer that the call asks for.
func (c *call) wanted() string {
	if c.kind.mistake() {
		return fmt.Sprintf("%d %s", c.status, c.code)
	}
	return "success"
}
