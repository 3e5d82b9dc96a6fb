// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

type client = connect.Client[text, text]

// session has what a generated client would have.
type session struct {
	look, create, watch, talk, grpc, grpcTalk *client
}

func newSession(c *http.Client, url string, opts []connect.ClientOption) rig.Session {
	with := func(procedure string, more ...connect.ClientOption) *client {
		return connect.NewClient[text, text](c, url+procedure, append(more, opts...)...)
	}
	s := session{
		look:   with(look, connect.WithIdempotency(connect.IdempotencyNoSideEffects)),
		create: with(create), watch: with(watch), talk: with(talk),
		grpc: with(create, connect.WithGRPC()), grpcTalk: with(talk, connect.WithGRPC()),
	}
	call := func(c *client, with func(context.Context) context.Context, key string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) { return call(with(ctx), c, key) }
	}
	plain := func(ctx context.Context) context.Context { return ctx }
	return rig.Session{Ops: []rig.Op{
		{Name: "call without side effects", Do: s.seen},
		{Name: "error with a detail", Do: s.refused},
		{Name: "stream", Do: s.watched},
		{Name: "two-way stream", Before: s.pingPong, Do: func(ctx context.Context) (string, error) { return talked(ctx, s.talk) }},
		{Name: "call that changes something", Write: true, Do: call(s.create, plain, "")},
		{Name: "call with a key", Write: true, Do: call(s.create, plain, "a-key")},
		{Name: "gRPC call that changes something", Write: true, Do: call(s.grpc, plain, "")},
		{Name: "gRPC call that may be repeated", Do: call(s.grpc, retry.Idempotent, "")},
	}}
}

// seen is a call that the SDK makes a GET of, if it is told to, and only then.
func (s session) seen(ctx context.Context) (string, error) {
	resp, err := s.look.CallUnary(ctx, connect.NewRequest(wrapperspb.String("a thing")))
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(resp.Msg.GetValue(), " by ")
	return name + ", trailer " + resp.Trailer().Get("Seen"), nil
}

func (s session) refused(ctx context.Context) (string, error) {
	_, err := s.look.CallUnary(ctx, connect.NewRequest(wrapperspb.String("nothing")))
	var refusal *connect.Error
	if !errors.As(err, &refusal) || refusal.Code() != connect.CodeNotFound || len(refusal.Details()) != 1 {
		return "", err
	}
	detail, err := refusal.Details()[0].Value()
	return fmt.Sprint(refusal.Message(), ": ", detail), err
}

func call(ctx context.Context, c *client, key string) (string, error) {
	req := connect.NewRequest(wrapperspb.String("a thing"))
	if key != "" {
		req.Header().Set("Idempotency-Key", key)
	}
	resp, err := c.CallUnary(ctx, req)
	if err != nil {
		return "", err
	}
	return resp.Msg.GetValue() + ", trailer " + resp.Trailer().Get("Made"), nil
}

// watched is a POST that only reads, and says so.
func (s session) watched(ctx context.Context) (string, error) {
	stream, err := s.watch.CallServerStream(retry.Idempotent(ctx), connect.NewRequest(wrapperspb.String("a thing")))
	if err != nil {
		return "", err
	}
	var all []string
	for stream.Receive() {
		all = append(all, stream.Msg().GetValue())
	}
	all = append(all, "trailer "+stream.ResponseTrailer().Get("Sent"))
	return strings.Join(all, ", "), errors.Join(stream.Err(), stream.Close())
}

// talked sends three messages and then reads as many. What Send says is not
// looked at: it is io.EOF where Receive has the reason.
func talked(ctx context.Context, c *client) (string, error) {
	stream := c.CallBidiStream(ctx)
	for _, word := range []string{"one", "two", "three"} {
		if err := stream.Send(wrapperspb.String(word)); err != nil && !errors.Is(err, io.EOF) {
			break
		}
	}
	_ = stream.CloseRequest() // as above
	var all []string
	for {
		msg, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return strings.Join(all, " "), stream.CloseResponse()
		}
		if err != nil {
			return "", errors.Join(err, stream.CloseResponse())
		}
		all = append(all, msg.GetValue())
	}
}

// pingPong sees to it that messages go both ways while the stream is open: each
// is sent only after the answer to the one before.
func (s session) pingPong(ctx context.Context) error {
	for _, c := range []*client{s.talk, s.grpcTalk} {
		stream := c.CallBidiStream(ctx)
		for _, word := range []string{"one", "two", "three"} {
			if err := stream.Send(wrapperspb.String(word)); err != nil {
				return err
			}
			if msg, err := stream.Receive(); err != nil || msg.GetValue() != word+"?" {
				return fmt.Errorf("%q was answered by %q: %w", word, msg.GetValue(), err)
			}
		}
		if err := errors.Join(stream.CloseRequest(), stream.CloseResponse()); err != nil {
			return err
		}
	}
	return nil
}
