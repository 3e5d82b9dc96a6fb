// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The procedures, of a service that would be generated from:
//
//	rpc Look(StringValue) returns (StringValue) { option idempotency_level = NO_SIDE_EFFECTS; }
//	rpc Create(StringValue) returns (StringValue);
//	rpc Watch(StringValue) returns (stream StringValue);
//	rpc Talk(stream StringValue) returns (stream StringValue);
const (
	look   = "/compat.v1.Things/Look"
	create = "/compat.v1.Things/Create"
	watch  = "/compat.v1.Things/Watch"
	talk   = "/compat.v1.Things/Talk"
)

// text is the message of all procedures.
type text = wrapperspb.StringValue

// A service is connect's own handlers. It knows idempotency keys.
type service struct {
	mu   sync.Mutex
	done map[string]string // the answer by key
}

func newService() http.Handler {
	s := &service{done: make(map[string]string)}
	mux := http.NewServeMux()
	mux.Handle(look, connect.NewUnaryHandler(look, s.look, connect.WithIdempotency(connect.IdempotencyNoSideEffects)))
	mux.Handle(create, connect.NewUnaryHandler(create, s.create))
	mux.Handle(watch, connect.NewServerStreamHandler(watch, s.watch))
	mux.Handle(talk, connect.NewBidiStreamHandler(talk, s.talk))
	return mux
}

// answer is what a service behind a balancer says when it is in trouble.
func answer(status int) (http.Header, string) {
	code := map[int]connect.Code{
		http.StatusServiceUnavailable: connect.CodeUnavailable,
		http.StatusTooManyRequests:    connect.CodeResourceExhausted,
	}[status]
	if code == 0 {
		code = connect.CodeInternal
	}
	return http.Header{"Content-Type": {"application/json"}}, fmt.Sprintf(`{"code":%q,"message":"status %d"}`, code, status)
}

func (s *service) look(_ context.Context, req *connect.Request[text]) (*connect.Response[text], error) {
	if req.Msg.GetValue() == "nothing" {
		err := connect.NewError(connect.CodeNotFound, errors.New("no such thing"))
		if detail, derr := connect.NewErrorDetail(wrapperspb.String("look elsewhere")); derr == nil {
			err.AddDetail(detail)
		}
		return nil, err
	}
	resp := connect.NewResponse(wrapperspb.String(req.Msg.GetValue() + " by " + req.HTTPMethod()))
	resp.Trailer().Set("Seen", "one")
	return resp, nil
}

func (s *service) create(_ context.Context, req *connect.Request[text]) (*connect.Response[text], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := req.Header().Get("Idempotency-Key")
	made, again := s.done[key]
	if !again || key == "" {
		made = req.Msg.GetValue() + " was made"
		s.done[key] = made
	}
	resp := connect.NewResponse(wrapperspb.String(made))
	resp.Trailer().Set("Made", "one")
	return resp, nil
}

func (s *service) watch(_ context.Context, req *connect.Request[text], stream *connect.ServerStream[text]) error {
	for i := range 3 {
		if err := stream.Send(wrapperspb.String(fmt.Sprint(req.Msg.GetValue(), " ", i))); err != nil {
			return err
		}
	}
	stream.ResponseTrailer().Set("Sent", "3")
	return nil
}

// talk answers each message when it comes.
func (s *service) talk(_ context.Context, stream *connect.BidiStream[text, text]) error {
	for {
		msg, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(wrapperspb.String(msg.GetValue() + "?")); err != nil {
			return err
		}
	}
}
