// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package minio is the case of minio-go.
package minio

import (
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/compat/s3server"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

const bucket = "a-bucket"

// Case is the SDK with bodies in the aws-chunked frame, with and without
// trailers, and an upload in parts.
func Case() rig.Case {
	return rig.Case{
		Name: "minio-go", Module: "github.com/minio/minio-go/v7",
		Page: "sdk-storage", Server: "gofakes3, with all checksums checked",
		Installed: "`Options.Transport`", OwnRetries: "9; `MaxRetries: 1`, which counts attempts",
		Answer:   s3server.Answer,
		Start:    func() (rig.Server, error) { return s3server.Start(bucket) },
		Install:  install,
		Failures: append(failures(1), failures(4)...), // it starts and ends by a POST; the parts are PUTs
	}
}

// failures are those of the upload in parts, if request number at meets trouble.
func failures(at int) []rig.Failure {
	const why = "a POST without an idempotency key is sent once"
	return []rig.Failure{
		{Op: opParts, At: at, Faults: []rig.Fault{rig.Unavailable, rig.UnavailableWait}, Err: "reduce your request rate", Why: why},
		{Op: opParts, At: at, Faults: []rig.Fault{rig.TooMany, rig.ServerError}, Err: "reduce your request rate", Why: why},
		{Op: opParts, At: at, Faults: []rig.Fault{rig.CutBefore, rig.CutAfter}, Err: "closed by foreign host", Why: why},
	}
}

// docs:begin install

// newClient returns a client of endpoint with surefoot beneath it.
func newClient(endpoint string, o minio.Options, opts ...transport.Option) (*minio.Client, error) {
	base, err := minio.DefaultTransport(o.Secure) // timeouts and TLS as the SDK has them
	if err != nil {
		return nil, err
	}
	opts = append(opts, transport.WithRetry(retry.WithBodyBuffer(16<<20))) // its bodies have no GetBody
	t, err := transport.New(base, opts...)
	if err != nil {
		return nil, err
	}
	o.Transport = t
	if o.MaxRetries == 0 {
		o.MaxRetries = 1 // one attempt: surefoot makes the others
	}
	return minio.New(endpoint, &o)
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	endpoint := strings.TrimPrefix(env.URL, "http://")
	o := minio.Options{
		Creds: credentials.NewStaticV4("an-id", "a-secret", ""), Region: "us-east-1", TrailingHeaders: true,
	}
	open := newClient
	if !env.Surefoot {
		open = minioNew
	}
	if env.OwnRetries {
		o.MaxRetries = minio.MaxRetry // the default
	}
	c, err := open(endpoint, o, env.Options...)
	if err != nil {
		return rig.Session{}, err
	}
	return rig.Session{Ops: operations(c)}, nil
}

func minioNew(endpoint string, o minio.Options, _ ...transport.Option) (*minio.Client, error) {
	return minio.New(endpoint, &o)
}
