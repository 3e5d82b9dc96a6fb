// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxRequest bounds the body of a request.
const maxRequest = 64 << 10

// An api answers the requests of the payments API, without any fault: those
// come from an injector in front of it.
type api struct {
	ledger *ledger
}

// handler returns the routes of the API.
func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/payments", a.createPayment)
	mux.HandleFunc("GET /v1/payments/{id}", a.getPayment)
	mux.HandleFunc("POST /v1/refunds", a.createRefund)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem{code: codeNotFound}.answer().write(w) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testAPIKey {
			problem{code: codeAPIKeyInvalid}.answer().write(w)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (a *api) createPayment(w http.ResponseWriter, r *http.Request) {
	var in paymentRequest
	body, p := decode(w, r, &in)
	if p == nil {
		p = in.check()
	}
	if p != nil {
		p.answer().write(w)
		return
	}
	a.once(w, r, body, func() answer { return a.ledger.payLocked(in) })
}

func (a *api) createRefund(w http.ResponseWriter, r *http.Request) {
	var in refundRequest
	body, p := decode(w, r, &in)
	if p == nil {
		p = in.check()
	}
	if p != nil {
		p.answer().write(w)
		return
	}
	a.once(w, r, body, func() answer { return a.ledger.refundLocked(in) })
}

func (a *api) getPayment(w http.ResponseWriter, r *http.Request) {
	pause(r.Context())
	id := r.PathValue("id")
	if strings.HasPrefix(id, livePrefix) {
		problem{codeLiveObject, "id"}.answer().write(w)
		return
	}
	o, ok := a.ledger.find(id)
	if !ok || o.Object != objectPayment {
		problem{codeNotFound, "id"}.answer().write(w)
		return
	}
	newAnswer(http.StatusOK, o).write(w)
}

// once does the work of a POST, once for each idempotency key. The work is
// done to its end also if the client has gone meanwhile.
func (a *api) once(w http.ResponseWriter, r *http.Request, body []byte, workLocked func() answer) {
	key := r.Header.Get(headerIdempotencyKey)
	if key != "" {
		state, stored := a.ledger.claim(key, printOf(r, body))
		switch state {
		case keyFresh:
			defer a.ledger.release(key)
		case keyInFlight:
			problem{code: codeKeyInUse}.answer().write(w)
			return
		case keyMisused:
			problem{code: codeKeyReused}.answer().write(w)
			return
		case keyAnswered:
			stored.replay(w)
			return
		}
	}
	pause(r.Context())
	a.ledger.commit(key, workLocked).write(w)
}

// decode reads a JSON body into v. It returns the bytes that it read.
func decode(w http.ResponseWriter, r *http.Request, v any) ([]byte, *problem) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return nil, &problem{codeParameterInvalid, "body"}
	}
	return body, nil
}

func printOf(r *http.Request, body []byte) fingerprint {
	return sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), body...))
}

// pauseKey is the context key of how long the work of a request takes.
type pauseKey struct{}

// withPause makes the work of a request take that long.
func withPause(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, pauseKey{}, d)
}

// pause takes as long as the injector wants. It does not end when the client
// goes away: work that was begun is finished.
func pause(ctx context.Context) {
	if d, ok := ctx.Value(pauseKey{}).(time.Duration); ok {
		_ = sleep(context.WithoutCancel(ctx), d)
	}
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
