// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package websocket

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// patience is how long the server waits for the first message: a client that
// never heard of the connection sends none.
const patience = 2 * time.Second

// serve says every message again. It wants a token, as such services do.
func serve(w http.ResponseWriter, req *http.Request) {
	if req.URL.Query().Get("token") != "good" {
		http.Error(w, "no such token", http.StatusForbidden)
		return
	}
	conn, err := websocket.Accept(w, req, &websocket.AcceptOptions{Subprotocols: []string{"echo"}})
	if err != nil {
		return // it was answered
	}
	defer func() { _ = conn.CloseNow() }() // it was closed, or is beyond that
	conn.SetReadLimit(2 << 20)
	wait := patience
	for {
		ctx, cancel := context.WithTimeout(req.Context(), wait)
		kind, message, err := conn.Read(ctx)
		cancel()
		if err != nil {
			return
		}
		if err := conn.Write(req.Context(), kind, message); err != nil {
			return
		}
		wait = time.Minute
	}
}
