// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/classify"
)

func TestClassify_HTTP2OfNetHTTP(t *testing.T) {
	t.Parallel()
	final := classify.Verdict{Class: classify.Terminal, Reason: classify.ReasonProtocol}
	for _, test := range []struct {
		name   string
		answer func(stream uint32, send sendFrame)
		want   classify.Verdict
	}{
		{"REFUSED_STREAM, again and again", reset(0x7), protocol},
		{"NO_ERROR without an answer", reset(0x0), protocol},
		{"INTERNAL_ERROR", reset(0x2), protocol},
		{"CANCEL", reset(0x8), protocol},
		{"ENHANCE_YOUR_CALM", reset(0xb), protocol},
		{"INADEQUATE_SECURITY", reset(0xc), final},
		{"HTTP_1_1_REQUIRED", reset(0xd), final},
		{"a code that nobody knows", reset(0xffffffff), protocol},
		{"GOAWAY for a stream that may have been seen", func(stream uint32, send sendFrame) {
			send(frameGoAway, 0, words(stream, 0x2))
			send(hangUp, 0, nil)
		}, protocol},
		{"a frame that breaks the connection", func(_ uint32, send sendFrame) {
			send(frameSettings, 0, []byte{1, 2, 3})
		}, protocol},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				err := send(t, http2Transport(t, nil, test.answer), nil)
				checkVerdict(t, classify.Default().Classify(nil, nil, err), test.want)
			})
		})
	}
}

// The original package has types of the same shape under other names. They do
// not need errors.As to be known.
func TestClassify_HTTP2OfOtherPackages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want classify.Verdict
	}{
		{"REFUSED_STREAM", StreamError{StreamID: 3, Code: 7}, protocol},
		{"PROTOCOL_ERROR", StreamError{StreamID: 3, Code: 1}, protocol},
		{"CANCEL", StreamError{StreamID: 3, Code: 8}, protocol},
		{"GOAWAY", GoAwayError{LastStreamID: 1, DebugData: "bye"}, protocol},
		{"a connection error", ConnectionError(1), protocol},
		{"fields of other types", otherError{StreamID: 3, Code: 7}, classify.Verdict{
			Class: classify.Retryable, Reason: classify.ReasonOther,
		}},
		{"another number", numberError(1), classify.Verdict{
			Class: classify.Retryable, Reason: classify.ReasonOther,
		}},
		{"one refused stream of several", errors.Join(StreamError{Code: 7}, errBroken), protocol},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			checkVerdict(t, classify.Default().Classify(&http.Request{}, nil, test.err), test.want)
		})
	}
}

type errCode uint32

type StreamError struct {
	StreamID uint32
	Code     errCode
	Cause    error
}

func (StreamError) Error() string { return "stream error" }

type GoAwayError struct {
	LastStreamID uint32
	ErrCode      errCode
	DebugData    string
}

func (GoAwayError) Error() string { return "GOAWAY" }

type ConnectionError errCode

func (ConnectionError) Error() string { return "connection error" }

type otherError struct {
	StreamID int64
	Code     uint64
	Remote   bool
}

func (otherError) Error() string { return "stream error of HTTP/3" }

type numberError uint32

func (numberError) Error() string { return "a number" }
