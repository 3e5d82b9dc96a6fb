// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package awss3 is the case of aws-sdk-go-v2 with S3.
package awss3

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/compat/s3server"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

const bucket = "a-bucket"

// Case is the SDK with objects of a few bytes and of a few megabytes.
func Case() rig.Case {
	return rig.Case{
		Name: "aws-sdk-go-v2 S3", Module: "github.com/aws/aws-sdk-go-v2/service/s3",
		Page: "sdk-storage", Server: "gofakes3, with all checksums checked",
		Installed: "`Config.HTTPClient`", OwnRetries: "2; `aws.NopRetryer{}`",
		Answer:  s3server.Answer,
		Start:   func() (rig.Server, error) { return s3server.Start(bucket) },
		Install: install,
		Failures: append(rig.Unkeyed(opCreate),
			rig.Failure{
				Op: opComplete, At: 1, Faults: []rig.Fault{rig.CutAfter}, Err: "NoSuchUpload",
				Why: "the first attempt completed the upload, and the second finds none",
			},
		),
	}
}

// docs:begin install

// newClient returns an S3 client with surefoot beneath it.
func newClient(cfg aws.Config, sdk []func(*s3.Options), opts ...transport.Option) (*s3.Client, error) {
	base := awshttp.NewBuildableClient().GetTransport()                   // timeouts and TLS as the SDK has them
	opts = append(opts, transport.WithRetry(retry.WithBodyBuffer(8<<20))) // its bodies have no GetBody
	t, err := transport.New(base, opts...)
	if err != nil {
		return nil, err
	}
	cfg.HTTPClient = &http.Client{Transport: t}
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return s3.NewFromConfig(cfg, sdk...), nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	key := aws.CredentialsProviderFunc(credentials)
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &env.URL, Credentials: key,
		// As config.LoadDefaultConfig has them.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	client := s3.NewFromConfig(cfg, pathStyle)
	if env.Surefoot {
		options := []func(*s3.Options){pathStyle}
		if env.OwnRetries {
			options = append(options, func(o *s3.Options) { o.Retryer = awsretry.NewStandard() })
		}
		var err error
		if client, err = newClient(cfg, options, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	return rig.Session{Ops: operations(client)}, nil
}

// pathStyle puts the bucket into the path: there is no name service here.
func pathStyle(o *s3.Options) { o.UsePathStyle = true }
