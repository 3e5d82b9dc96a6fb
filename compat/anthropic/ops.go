// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package anthropic

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
)

type session struct {
	client  anthropic.Client
	options []option.RequestOption
	gate    *gate.Gate
	n       int    // of new names
	batchID string // of the op that deletes one
}

func (s *session) session() rig.Session {
	return rig.Session{Ops: []rig.Op{
		{Name: "list models, two pages", Do: s.models},
		{Name: "message", Do: s.message},
		{Name: "message, streamed", Before: s.flushed, Do: func(ctx context.Context) (string, error) {
			return s.stream(ctx, "Say this is a test", nil)
		}},
		{Name: "count tokens", Do: s.count},
		{Name: "a model that is overloaded", Do: s.busy},
		{Name: "a limit that no wait helps", Do: s.spent},
		{Name: "an error of the API", Do: s.refused},
		{Name: "delete a batch", Before: s.prepare, Do: s.remove},
		{Name: "create a batch", Write: true, Do: s.batch},
	}}
}

func (s *session) models(ctx context.Context) (string, error) {
	pages := s.client.Models.ListAutoPaging(ctx, anthropic.ModelListParams{}, s.options...)
	var names []string
	for pages.Next() {
		names = append(names, pages.Current().DisplayName)
	}
	return strings.Join(names, " "), pages.Err()
}

const claude = anthropic.Model("claude-a")

func prompt(text string) []anthropic.MessageParam {
	return []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))}
}

func (s *session) message(ctx context.Context) (string, error) {
	message, err := s.client.Messages.New(ctx, anthropic.MessageNewParams{
		Model: claude, MaxTokens: 100, Messages: prompt("Say this is a test"),
	}, s.options...)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (%s, %d tokens)", message.Content[0].Text, message.StopReason, message.Usage.OutputTokens), nil
}

// stream returns the deltas of a message and the whole of it, and calls seen
// after the first delta.
func (s *session) stream(ctx context.Context, text string, seen func()) (string, error) {
	stream := s.client.Messages.NewStreaming(ctx, anthropic.MessageNewParams{
		Model: claude, MaxTokens: 100, Messages: prompt(text),
	}, s.options...)
	var parts []string
	var whole anthropic.Message
	for stream.Next() {
		event := stream.Current()
		if err := whole.Accumulate(event); err != nil {
			return "", errors.Join(err, stream.Close())
		}
		if event.Type != "content_block_delta" {
			continue
		}
		if parts == nil && seen != nil {
			seen()
		}
		parts = append(parts, event.Delta.Text)
	}
	if err := errors.Join(stream.Err(), stream.Close()); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (%s, %q)", strings.Join(parts, "|"), whole.StopReason, whole.Content[0].Text), nil
}

// flushed sees to it that events arrive when they are sent, and not at the end.
func (s *session) flushed(ctx context.Context) error {
	name := s.gate.Name(held)
	_, err := s.stream(ctx, name, func() { s.gate.Open(name) })
	return err
}

func (s *session) count(ctx context.Context) (string, error) {
	tokens, err := s.client.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{
		Model: claude, Messages: prompt("Say this is a test"),
	}, s.options...)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(tokens.InputTokens, " tokens"), nil
}

// get asks for a model by a name that was not used before.
func (s *session) get(ctx context.Context, prefix string) (*anthropic.ModelInfo, error) {
	s.n++
	return s.client.Models.Get(ctx, fmt.Sprint(prefix, s.n), anthropic.ModelGetParams{}, s.options...)
}

// busy meets a 529, which the service says may be tried again.
func (s *session) busy(ctx context.Context) (string, error) {
	model, err := s.get(ctx, "busy-")
	if err != nil {
		return "", err
	}
	return string(model.Type), nil
}

// spent meets a 429 with x-should-retry: false. Whoever asks often enough would
// get the model.
func (s *session) spent(ctx context.Context) (string, error) {
	model, err := s.get(ctx, "spent-")
	if err == nil {
		return "", errors.New("the API's veto was not heeded: " + model.ID)
	}
	return refusal(err, "rate_limit_error")
}

// refused asks for what is not there.
func (s *session) refused(ctx context.Context) (string, error) {
	_, err := s.client.Models.Get(ctx, "claude-0", anthropic.ModelGetParams{}, s.options...)
	return refusal(err, "not_found_error")
}

// refusal returns the SDK's type for an error of the API as text.
func refusal(err error, kind string) (string, error) {
	var refusal *anthropic.Error
	if errors.As(err, &refusal) && string(refusal.Type()) == kind && refusal.Response.Header.Get("X-Should-Retry") != "true" {
		return fmt.Sprint(refusal.StatusCode, " ", refusal.RawJSON(), " ", refusal.RequestID != ""), nil
	}
	return "", err
}

func (s *session) send(ctx context.Context) (*anthropic.MessageBatch, error) {
	return s.client.Messages.Batches.New(ctx, anthropic.MessageBatchNewParams{
		Requests: []anthropic.MessageBatchNewParamsRequest{{
			CustomID: "one",
			Params: anthropic.MessageBatchNewParamsRequestParams{
				Model: claude, MaxTokens: 100, Messages: prompt("Say this is a test"),
			},
		}},
	}, s.options...)
}

func (s *session) batch(ctx context.Context) (string, error) {
	batch, err := s.send(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(batch.ProcessingStatus, " ", batch.RequestCounts.Processing), nil
}

// prepare makes the batch that remove deletes.
func (s *session) prepare(ctx context.Context) error {
	batch, err := s.send(ctx)
	if err == nil {
		s.batchID = batch.ID
	}
	return err
}

func (s *session) remove(ctx context.Context) (string, error) {
	deleted, err := s.client.Messages.Batches.Delete(ctx, s.batchID, anthropic.MessageBatchDeleteParams{}, s.options...)
	if err != nil {
		return "", err
	}
	return string(deleted.Type), nil
}
