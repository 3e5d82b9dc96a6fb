// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package azblob is the case of the Azure SDK: azcore with Blob Storage.
package azblob

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

const (
	account   = "an-account"
	container = "a-container"
)

// Case is the SDK with blobs in one piece, in blocks, and appended to.
func Case() rig.Case {
	return rig.Case{
		Name: "Azure SDK (azcore, azblob)", Module: "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob",
		Page: "sdk-storage", Server: "hand-written",
		Installed: "`ClientOptions.Transport`", OwnRetries: "3; `Retry.MaxRetries: -1`",
		Answer:  answer,
		Start:   func() (rig.Server, error) { return rig.Serve(newService()) },
		Install: install,
		Failures: append(rig.Unkeyed(opNever), // a PUT, but for what it does
			rig.Failure{
				Op: opGuarded, Faults: []rig.Fault{rig.CutAfter}, Err: "AppendPositionConditionNotMet",
				Why: "the first attempt appended it, and the second finds the position taken",
			},
			rig.Gone(opDelete, "BlobNotFound"),
		),
	}
}

// docs:begin install

// clientOptions put surefoot beneath any client of the Azure SDK.
func clientOptions(opts ...transport.Option) (policy.ClientOptions, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return policy.ClientOptions{}, err
	}
	return policy.ClientOptions{
		Transport: &http.Client{Transport: t},
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}, nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	var o policy.ClientOptions
	if env.Surefoot {
		var err error
		if o, err = clientOptions(env.Options...); err != nil {
			return rig.Session{}, err
		}
		if env.OwnRetries {
			o.Retry = policy.RetryOptions{}
		}
	}
	cred, err := azblob.NewSharedKeyCredential(account, "YS1zZWNyZXQ=")
	if err != nil {
		return rig.Session{}, err
	}
	c, err := azblob.NewClientWithSharedKeyCredential(env.URL+"/"+account, cred, &azblob.ClientOptions{ClientOptions: o})
	if err != nil {
		return rig.Session{}, err
	}
	return rig.Session{Ops: operations(c)}, nil
}
