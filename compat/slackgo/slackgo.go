// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package slackgo is the case of slack-go.
package slackgo

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is slack-go, on its own slacktest.
func Case() rig.Case {
	const limited = "rate limit exceeded" // it does not tell the status
	failures := []rig.Failure{
		{Op: "post a message", Faults: []rig.Fault{rig.TooMany}, Err: limited, Why: "a write without an idempotency key is sent once"},
	}
	return rig.Case{
		Name: "slack-go", Module: "github.com/slack-go/slack", Page: "sdk-payments-and-rest",
		Server: "its slacktest", Installed: "`OptionHTTPClient`",
		OwnRetries: "off; leave `OptionRetry` out", OptIn: true,
		Answer: answer, Start: start, Install: install,
		Failures: append(failures, rig.Unkeyed("post a message")...),
	}
}

// docs:begin install

// newClient returns a client for a token. All of Slack's methods are POSTs.
func newClient(token string, sdk []slack.Option, opts ...transport.Option) (*slack.Client, error) {
	t, err := transport.New(nil, append(opts, transport.WithPerCall(retry.IdempotentIf(reads)))...)
	if err != nil {
		return nil, err
	}
	client := slack.OptionHTTPClient(&http.Client{Transport: t})
	return slack.New(token, append(sdk, client)...), nil
}

// reads says which methods change nothing, so that they may be repeated.
func reads(req *http.Request) bool {
	switch path.Ext(req.URL.Path) {
	case ".info", ".list", ".history", ".replies", ".members", ".test":
		return true
	}
	return false
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	opts := []slack.Option{slack.OptionAPIURL(env.URL + "/")}
	if env.Eager {
		opts = append(opts, slack.OptionRetryConfig(eager()))
	}
	api := slack.New("xoxb-1", opts...)
	if env.Surefoot {
		var err error
		if api, err = newClient("xoxb-1", opts, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	return rig.Session{Ops: []rig.Op{
		{Name: "test the token", Do: func(ctx context.Context) (string, error) {
			who, err := api.AuthTestContext(ctx)
			if err != nil {
				return "", err
			}
			return who.Team + " " + who.User, nil
		}},
		{Name: "ask for a user", Do: func(ctx context.Context) (string, error) {
			user, err := api.GetUserInfoContext(ctx, "W012A3CDE")
			if err != nil {
				return "", err
			}
			return user.Name, nil
		}},
		{Name: "list channels", Do: func(ctx context.Context) (string, error) { return list(ctx, api) }},
		{Name: "post a message", Write: true, Do: func(ctx context.Context) (string, error) {
			channel, _, err := api.PostMessageContext(ctx, "C024BE91L", slack.MsgOptionText("deployed", false))
			return channel, err
		}},
	}}, nil
}

// eager is for those who turn the SDK's own retries on.
func eager() slack.RetryConfig {
	config := slack.DefaultRetryConfig()
	config.MaxRetries = 3
	config.RetryAfterDuration = time.Second
	config.Handlers = append(slack.AllBuiltinRetryHandlers(config), slack.NewServerErrorRetryHandler(config))
	return config
}

// list reads all pages.
func list(ctx context.Context, api *slack.Client) (string, error) {
	var names []string
	for cursor := ""; ; {
		channels, next, err := api.GetConversationsContext(ctx, &slack.GetConversationsParameters{Cursor: cursor})
		if err != nil {
			return "", err
		}
		for i := range channels {
			names = append(names, channels[i].Name)
		}
		if next == "" {
			return strings.Join(names, " "), nil
		}
		cursor = next
	}
}
