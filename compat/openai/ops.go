// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/surefoot-go/surefoot/compat/internal/gate"
	"github.com/surefoot-go/surefoot/compat/rig"
)

type session struct {
	client  openai.Client
	options []option.RequestOption
	gate    *gate.Gate
	file    string // of the op that deletes one
}

func (s *session) session() rig.Session {
	return rig.Session{Ops: []rig.Op{
		{Name: "list models", Do: s.models},
		{Name: "chat completion", Do: s.complete},
		{Name: "chat completion, streamed", Before: s.flushed, Do: func(ctx context.Context) (string, error) {
			return s.stream(ctx, "Say this is a test", nil)
		}},
		{Name: "list files, two pages", Do: s.files},
		{Name: "file content", Do: s.content},
		{Name: "delete a file", Before: s.prepare, Do: s.remove},
		{Name: "an error of the API", Do: s.refused},
		{Name: "upload a file", Write: true, Do: s.upload},
		{Name: "create a batch", Write: true, Do: s.batch},
	}}
}

func (s *session) models(ctx context.Context) (string, error) {
	page, err := s.client.Models.List(ctx, s.options...)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d models, the last is %s", len(page.Data), page.Data[len(page.Data)-1].ID), nil
}

func prompt(text string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    openai.ChatModelGPT5_5,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(text)},
	}
}

func (s *session) complete(ctx context.Context) (string, error) {
	completion, err := s.client.Chat.Completions.New(ctx, prompt("Say this is a test"), s.options...)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (%d tokens)", completion.Choices[0].Message.Content, completion.Usage.TotalTokens), nil
}

// stream returns the parts of a completion, and calls seen after the first.
func (s *session) stream(ctx context.Context, text string, seen func()) (string, error) {
	stream := s.client.Chat.Completions.NewStreaming(ctx, prompt(text), s.options...)
	var parts []string
	for stream.Next() {
		if parts == nil && seen != nil {
			seen()
		}
		for _, choice := range stream.Current().Choices {
			parts = append(parts, choice.Delta.Content+choice.FinishReason)
		}
	}
	return strings.Join(parts, "|"), errors.Join(stream.Err(), stream.Close())
}

// flushed sees to it that events arrive when they are sent, and not at the end.
func (s *session) flushed(ctx context.Context) error {
	name := s.gate.Name(held)
	_, err := s.stream(ctx, name, func() { s.gate.Open(name) })
	return err
}

func (s *session) files(ctx context.Context) (string, error) {
	pages := s.client.Files.ListAutoPaging(ctx, openai.FileListParams{}, s.options...)
	var names []string
	for pages.Next() {
		names = append(names, pages.Current().Filename)
	}
	return strings.Join(names, " "), pages.Err()
}

func (s *session) content(ctx context.Context) (string, error) {
	resp, err := s.client.Files.Content(ctx, "file-a", s.options...)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(io.Discard, resp.Body)
	return fmt.Sprintf("%d bytes", n), errors.Join(err, resp.Body.Close())
}

func (s *session) send(ctx context.Context) (*openai.FileObject, error) {
	return s.client.Files.New(ctx, openai.FileNewParams{
		File: strings.NewReader(`{"custom_id":"one"}` + "\n"), Purpose: openai.FilePurposeBatch,
	}, s.options...)
}

func (s *session) upload(ctx context.Context) (string, error) {
	file, err := s.send(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes for %s", file.Bytes, file.Purpose), nil
}

// prepare makes the file that remove deletes.
func (s *session) prepare(ctx context.Context) error {
	file, err := s.send(ctx)
	if err == nil {
		s.file = file.ID
	}
	return err
}

func (s *session) remove(ctx context.Context) (string, error) {
	deleted, err := s.client.Files.Delete(ctx, s.file, s.options...)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("deleted: %t", deleted.Deleted), nil
}

// refused asks for what is not there. The SDK has a type for the answer.
func (s *session) refused(ctx context.Context) (string, error) {
	_, err := s.client.Models.Get(ctx, "gpt-0", s.options...)
	var refusal *openai.Error
	if errors.As(err, &refusal) && refusal.Code == "model_not_found" {
		return fmt.Sprint(refusal.StatusCode, " ", refusal.Type, " ", refusal.Param, " ", refusal.Message), nil
	}
	return "", err
}

func (s *session) batch(ctx context.Context) (string, error) {
	batch, err := s.client.Batches.New(ctx, openai.BatchNewParams{
		InputFileID: "file-a", Endpoint: openai.BatchNewParamsEndpointV1ChatCompletions,
		CompletionWindow: openai.BatchNewParamsCompletionWindow24h,
	}, s.options...)
	if err != nil {
		return "", err
	}
	return string(batch.Status) + " " + batch.Endpoint, nil
}
