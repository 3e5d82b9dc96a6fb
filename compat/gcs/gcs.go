// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package gcs is the case of cloud.google.com/go/storage over HTTP.
package gcs

import (
	"context"
	"fmt"
	"net/http"

	"cloud.google.com/go/storage"
	"github.com/fsouza/fake-gcs-server/fakestorage"
	"google.golang.org/api/option"
	htransport "google.golang.org/api/transport/http"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

const bucket = "a-bucket"

// Case is the SDK with reads, guarded writes, and an upload in chunks.
func Case() rig.Case {
	return rig.Case{
		Name: "Google Cloud Storage", Module: "cloud.google.com/go/storage",
		Page: "sdk-storage", Server: "fake-gcs-server",
		Installed:  "`option.WithHTTPClient`",
		OwnRetries: "until the context ends; `SetRetry(WithPolicy(RetryNever))`",
		Answer:     answer,
		Start:      start,
		Install:    install,
		Failures: append(rig.Unkeyed(opWrite),
			rig.Failure{
				Op: opGuarded, At: 1, Faults: []rig.Fault{rig.CutAfter}, Err: "Error 412",
				Why: "the first attempt wrote the object, and the second finds that it exists",
			},
			rig.Gone(opDelete, "object doesn't exist"),
		),
	}
}

// answer is the JSON API's error.
func answer(status int) (http.Header, string) {
	header := http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
	return header, fmt.Sprintf(`{"error":{"code":%d,"message":"We encountered an internal error. Please try again.",`+
		`"errors":[{"message":"We encountered an internal error. Please try again.","domain":"global","reason":"backendError"}]}}`, status)
}

func start() (rig.Server, error) {
	fake, err := fakestorage.NewServerWithOptions(fakestorage.Options{
		NoListener: true, PublicHost: "127.0.0.1",
		InitialObjects: []fakestorage.Object{{
			ObjectAttrs: fakestorage.ObjectAttrs{BucketName: bucket, Name: "seed", ContentType: "text/plain"},
			Content:     content(1 << 20),
		}},
	})
	if err != nil {
		return rig.Server{}, fmt.Errorf("fake-gcs-server: %w", err)
	}
	return rig.Serve(once(fake.HTTPHandler()))
}

// docs:begin install

// newClient returns a client with surefoot beneath the SDK's sign-in.
func newClient(ctx context.Context, sdk []option.ClientOption, opts ...transport.Option) (*storage.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	signed, err := htransport.NewTransport(ctx, t, append(sdk, option.WithScopes(storage.ScopeFullControl))...)
	if err != nil {
		return nil, err
	}
	client, err := storage.NewClient(ctx, append(sdk, option.WithHTTPClient(&http.Client{Transport: signed}))...)
	if err != nil {
		return nil, err
	}
	client.SetRetry(storage.WithPolicy(storage.RetryNever))
	return client, nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	ctx := context.Background()
	sdk := []option.ClientOption{option.WithEndpoint(env.URL + "/storage/v1/"), option.WithoutAuthentication()}
	c, err := storage.NewClient(ctx, sdk...)
	if env.Surefoot {
		c, err = newClient(ctx, sdk, env.Options...)
	}
	if err != nil {
		return rig.Session{}, err
	}
	if env.OwnRetries {
		c.SetRetry(storage.WithPolicy(storage.RetryIdempotent)) // the default
	}
	return rig.Session{Ops: operations(c), Close: c.Close}, nil
}
