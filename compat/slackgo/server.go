// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package slackgo

import (
	"io"
	"net/http"

	"github.com/slack-go/slack/slacktest"

	"github.com/surefoot-go/surefoot/compat/rig"
)

// start starts slacktest, which has no list of channels. For each message that
// is posted it leaves a goroutine behind that waits for a websocket.
func start() (rig.Server, error) {
	s := slacktest.NewTestServer(func(c slacktest.Customize) {
		c.Handle("/conversations.list", func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			page := `{"ok":true,"channels":[{"id":"C1","name":"general"},{"id":"C2","name":"random"}],` +
				`"response_metadata":{"next_cursor":"dGVhbTpDMDYx"}}`
			if req.PostFormValue("cursor") != "" {
				page = `{"ok":true,"channels":[{"id":"C3","name":"deploys"}],"response_metadata":{"next_cursor":""}}`
			}
			_, _ = io.WriteString(w, page) // a client that is gone is not our business
		})
	})
	s.Start()
	return rig.Server{URL: "http://" + s.ServerAddr, Close: s.Stop}, nil
}

// answer is what Slack says when it has trouble.
func answer(status int) (http.Header, string) {
	if status == http.StatusTooManyRequests {
		return http.Header{"Content-Type": {"application/json; charset=utf-8"}}, `{"ok":false,"error":"ratelimited"}`
	}
	return http.Header{"Content-Type": {"text/html; charset=utf-8"}}, "<html><body>Server Error</body></html>"
}
