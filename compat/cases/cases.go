// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package cases lists the SDKs that are tried.
package cases

import (
	"github.com/surefoot-go/surefoot/compat/anthropic"
	"github.com/surefoot-go/surefoot/compat/awss3"
	"github.com/surefoot-go/surefoot/compat/azblob"
	"github.com/surefoot-go/surefoot/compat/connect"
	"github.com/surefoot-go/surefoot/compat/elastic"
	"github.com/surefoot-go/surefoot/compat/gcs"
	"github.com/surefoot-go/surefoot/compat/gogithub"
	"github.com/surefoot-go/surefoot/compat/kubernetes"
	"github.com/surefoot-go/surefoot/compat/minio"
	"github.com/surefoot-go/surefoot/compat/oauth2"
	"github.com/surefoot-go/surefoot/compat/openai"
	"github.com/surefoot-go/surefoot/compat/otelhttp"
	"github.com/surefoot-go/surefoot/compat/plain"
	"github.com/surefoot-go/surefoot/compat/requests"
	"github.com/surefoot-go/surefoot/compat/resty"
	"github.com/surefoot-go/surefoot/compat/reverseproxy"
	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/compat/slackgo"
	"github.com/surefoot-go/surefoot/compat/stripego"
	"github.com/surefoot-go/surefoot/compat/websocket"
)

// All returns every case, in the order of the table: by the pages that they are
// on.
func All() []rig.Case {
	return []rig.Case{
		stripego.Case(),
		gogithub.Case(),
		slackgo.Case(),
		resty.Case(),
		requests.Case(),
		plain.Case(),

		awss3.Case(),
		minio.Case(),
		gcs.Case(),
		azblob.Case(),

		openai.Case(),
		anthropic.Case(),

		connect.Case(),
		kubernetes.Case(),
		elastic.Case(),
		oauth2.Case(),
		websocket.Case(),
		reverseproxy.Case(),
		otelhttp.Case(),
	}
}
