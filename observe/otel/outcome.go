// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/timeout"
)

// errorType returns the error.type of an outcome, or "" where it is no error. A
// call that its caller canceled is none.
func errorType(status int, err error, reason classify.Reason) string {
	switch {
	case err == nil:
		if status < 100 || status >= 400 {
			return strconv.Itoa(status)
		}
		if reason == classify.ReasonBodyCode {
			return reason.String()
		}
		return ""
	case reason == classify.ReasonCanceled:
		return ""
	case reason == classify.ReasonOther || reason == classify.ReasonNone:
		// The type says something, and the text is not for everybody.
		return reflect.TypeOf(err).String()
	}
	return reason.String()
}

// reasonOf says why an attempt ended with err. For an attempt, a limit of
// package timeout is a deadline like the caller's; the cause tells them apart.
func reasonOf(req *http.Request, err error) classify.Reason {
	reason := classify.Default().Classify(req, nil, err).Reason
	if reason == classify.ReasonDeadline {
		var limit *timeout.Error
		if errors.As(context.Cause(req.Context()), &limit) {
			return classify.ReasonTimeout
		}
	}
	return reason
}

// protocolVersion returns the version of HTTP as the conventions write it, or
// "" where the base does not tell.
func protocolVersion(resp *http.Response) string {
	switch {
	case resp.ProtoMajor == 1 && resp.ProtoMinor == 1:
		return "1.1"
	case resp.ProtoMajor == 1:
		return "1.0"
	case resp.ProtoMajor > 1:
		return strconv.Itoa(resp.ProtoMajor)
	}
	return ""
}
