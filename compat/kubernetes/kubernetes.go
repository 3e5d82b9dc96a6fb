// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package kubernetes is the case of client-go.
package kubernetes

import (
	"net/http"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is the SDK with config maps, and a watch of them. It uses the REST client
// on which all clientsets stand, for they bring every API there is.
func Case() rig.Case {
	return rig.Case{
		Name: "Kubernetes client-go", Module: "k8s.io/client-go",
		Page: "sdk-storage", Server: "hand-written",
		Installed:  "`NewForConfigAndClient`",
		OwnRetries: "10, where there is a Retry-After; `Request.MaxRetries(0)`",
		Answer:     answer,
		Start:      func() (rig.Server, error) { return rig.Serve(newService()) },
		Install:    install,
		Failures: append(unkeyed(),
			rig.Failure{
				Op: opNamed, Faults: []rig.Fault{rig.CutAfter}, Err: "already exists",
				Why: "the first attempt created it, and the second finds that it exists",
			},
			rig.Failure{
				Op: opUpdate, Faults: []rig.Fault{rig.CutAfter}, Err: "object has been modified",
				Why: "the first attempt changed the version that the second expects",
			},
			rig.Failure{
				Op: "watch", At: 2, Faults: []rig.Fault{rig.CutAfter}, Err: "object has been modified",
				Why: "it changes the object that it watches, as above",
			},
			rig.Gone(opDelete, "not found"),
		),
	}
}

// unkeyed is what rig.Unkeyed is, in the words of a Status.
func unkeyed() []rig.Failure {
	const why = "a POST without an idempotency key is sent once"
	return append([]rig.Failure{
		{Op: opCreate, Faults: []rig.Fault{rig.Unavailable, rig.UnavailableWait}, Err: "currently unable to handle the request", Why: why},
		{Op: opCreate, Faults: []rig.Fault{rig.TooMany}, Err: "too many requests", Why: why},
		{Op: opCreate, Faults: []rig.Fault{rig.ServerError}, Err: "an error on the server", Why: why},
	}, rig.Unkeyed(opCreate)...)
}

// docs:begin install

// newClient returns the HTTP client for a cluster, with surefoot around the SDK's
// own sign-in. It is for kubernetes.NewForConfigAndClient, and whatever else
// takes a Config and a client.
func newClient(config *rest.Config, opts ...transport.Option) (*http.Client, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	return transport.Wrap(client, opts...)
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		return rig.Session{}, err
	}
	config := &rest.Config{
		Host: env.URL, APIPath: "/api", BearerToken: "a-token",
		QPS: -1, // five requests a second are not enough for the calls of a test
		ContentConfig: rest.ContentConfig{
			GroupVersion:         &corev1.SchemeGroupVersion,
			NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion(),
		},
	}
	client, err := rest.HTTPClientFor(config)
	if env.Surefoot {
		client, err = newClient(config, env.Options...)
	}
	if err != nil {
		return rig.Session{}, err
	}
	c, err := rest.RESTClientForConfigAndClient(config, client)
	if err != nil {
		return rig.Session{}, err
	}
	s := session{c: c, params: runtime.NewParameterCodec(scheme), own: env.OwnRetries}
	metav1.AddToGroupVersion(scheme, corev1.SchemeGroupVersion)
	return rig.Session{Ops: s.operations()}, nil
}
