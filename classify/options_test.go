// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"errors"
	"testing"

	"github.com/surefoot-go/surefoot/classify"
)

func TestNew_ReportsEveryMistake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		opts []classify.Option
		want string
	}{{
		name: "a status that is too small",
		opts: []classify.Option{classify.WithStatus(42, classify.Success)},
		want: "classify: WithStatus: 42: not a status code (100 to 999)",
	}, {
		name: "a status that is too large",
		opts: []classify.Option{classify.WithStatus(1000, classify.Success)},
		want: "classify: WithStatus: 1000: not a status code (100 to 999)",
	}, {
		name: "a class for attempts that nobody answered",
		opts: []classify.Option{classify.WithStatus(404, classify.Unknown)},
		want: "classify: WithStatus: unknown: not a class that a response can have (Success, Retryable or Terminal)",
	}, {
		name: "a class that does not exist",
		opts: []classify.Option{classify.WithBodyCode(404, "x", 9)},
		want: "classify: WithBodyCode: class(9): not a class that a response can have (Success, Retryable or Terminal)",
	}, {
		name: "the body of a success",
		opts: []classify.Option{classify.WithBodyCode(200, "x", classify.Terminal)},
		want: "classify: WithBodyCode: 200: not the status code of an error (400 to 999)",
	}, {
		name: "several at once, nil options among them",
		opts: []classify.Option{
			nil, classify.WithBodyCode(-1, "", classify.Retryable), classify.WithStatus(0, classify.Success), nil,
		},
		want: "classify: WithStatus: 0: not a status code (100 to 999)\n" +
			"classify: WithBodyCode: -1: not the status code of an error (400 to 999)\n" +
			`classify: WithBodyCode: "": no code at all`,
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := classify.New(test.opts...)
			if c != nil {
				t.Errorf("got %v, want a nil Classifier", c)
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestConfigError_TellsTheArgument(t *testing.T) {
	t.Parallel()
	_, err := classify.New(classify.WithStatus(7, classify.Success))
	var mistake *classify.ConfigError
	if !errors.As(err, &mistake) {
		t.Fatalf("got %v, want a *ConfigError", err)
	}
	if mistake.Option != "WithStatus" || mistake.Value != 7 || mistake.Reason == "" {
		t.Errorf("got %+v", mistake)
	}
}

func TestStrings(t *testing.T) {
	t.Parallel()
	classes := map[classify.Class]string{
		classify.Unknown: "unknown", classify.Success: "success",
		classify.Retryable: "retryable", classify.Terminal: "terminal", 200: "class(200)",
	}
	for class, want := range classes {
		if got := class.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	seen := make(map[string]bool)
	for reason := classify.ReasonNone; reason <= classify.ReasonOther; reason++ {
		if name := reason.String(); name == "" || seen[name] {
			t.Errorf("reason %d: got %q, want a name of its own", reason, name)
		} else {
			seen[name] = true
		}
	}
	if got, want := (classify.ReasonOther + 1).String(), "reason(17)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
