// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// Ops that the list of failures names.
const (
	opCreate = "create with generateName"
	opNamed  = "create, marked Idempotent"
	opUpdate = "update of a version"
	opDelete = "delete"
)

type session struct {
	c      *rest.RESTClient
	params runtime.ParameterCodec
	own    bool // the SDK's own retries stay on
}

func (s session) operations() []rig.Op {
	return []rig.Op{
		{Name: "get", Before: s.seed("seed"), Do: s.get},
		{Name: "list", Before: s.seed("seed"), Do: s.list},
		{Name: "watch", Before: s.seed("seed"), Do: s.watch},
		{Name: opCreate, Write: true, Do: func(ctx context.Context) (string, error) {
			return s.create(ctx, metav1.ObjectMeta{GenerateName: "made-"})
		}},
		// A name is taken once, and an apply says how things are to be. Both are
		// repeated on the caller's word.
		{Name: opNamed, Before: s.gone("named"), Do: func(ctx context.Context) (string, error) {
			return s.create(retry.Idempotent(ctx), metav1.ObjectMeta{Name: "named"})
		}},
		{Name: "apply, marked Idempotent", Do: s.apply},
		{Name: opUpdate, Before: s.seed("seed"), Do: s.update},
		{Name: opDelete, Before: s.seed("doomed"), Do: func(ctx context.Context) (string, error) {
			return "", s.on(s.c.Delete()).Name("doomed").Do(ctx).Error()
		}},
	}
}

// on is for a request to the config maps.
func (s session) on(r *rest.Request) *rest.Request {
	r = r.Namespace("default").Resource("configmaps")
	if !s.own {
		r = r.MaxRetries(0)
	}
	return r
}

func text(m *corev1.ConfigMap) string {
	return fmt.Sprint(strings.TrimRight(m.Name, "0123456789"), m.Data)
}

func (s session) gone(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		err := s.on(s.c.Delete()).Name(name).Do(ctx).Error()
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	}
}

// seed makes a config map, in place of the one before.
func (s session) seed(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := s.gone(name)(ctx); err != nil {
			return err
		}
		_, err := s.create(ctx, metav1.ObjectMeta{Name: name})
		return err
	}
}

func (s session) create(ctx context.Context, meta metav1.ObjectMeta) (string, error) {
	m := new(corev1.ConfigMap)
	err := s.on(s.c.Post()).Body(&corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"a": "b"}}).Do(ctx).Into(m)
	return text(m), err
}

func (s session) get(ctx context.Context) (string, error) {
	m := new(corev1.ConfigMap)
	err := s.on(s.c.Get()).Name("seed").Do(ctx).Into(m)
	return text(m), err
}

func (s session) list(ctx context.Context) (string, error) {
	all := new(corev1.ConfigMapList)
	err := s.on(s.c.Get()).VersionedParams(&metav1.ListOptions{FieldSelector: "metadata.name=seed"}, s.params).Do(ctx).Into(all)
	return strconv.Itoa(len(all.Items)), err
}

// update changes the version that it has read.
func (s session) update(ctx context.Context) (string, error) {
	m := new(corev1.ConfigMap)
	m.Name, m.Data = "seed", map[string]string{"a": "c"}
	m.ResourceVersion = firstVersion
	err := s.on(s.c.Put()).Name("seed").Body(m).Do(ctx).Into(m)
	return text(m), err
}

func (s session) apply(ctx context.Context) (string, error) {
	m := new(corev1.ConfigMap)
	request := s.on(s.c.Patch(types.ApplyYAMLPatchType)).Name("applied").Param("fieldManager", "compat").
		Body([]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied"},"data":{"a":"d"}}`))
	err := apply(ctx, request).Into(m)
	return text(m), err
}

// docs:begin apply

// apply says that it may be repeated: an apply says how things are to be. With a
// clientset: client.ConfigMaps(ns).Apply(retry.Idempotent(ctx), …).
func apply(ctx context.Context, request *rest.Request) rest.Result {
	return request.Do(retry.Idempotent(ctx))
}

// docs:end apply

// watch sees what is there, and then a change that is made while it watches: the
// stream comes through as it is written. It asks for two seconds, after which the
// server would end it: where an answer is lost, it is the whole answer that is.
func (s session) watch(ctx context.Context) (string, error) {
	w, err := s.on(s.c.Get()).VersionedParams(&metav1.ListOptions{
		Watch: true, FieldSelector: "metadata.name=seed", ResourceVersion: "0", TimeoutSeconds: new(int64(2)),
	}, s.params).Watch(ctx)
	if err != nil {
		return "", err
	}
	defer w.Stop()
	first, err := next(ctx, w)
	if err != nil {
		return "", err
	}
	if _, err := s.update(ctx); err != nil {
		return "", err
	}
	second, err := next(ctx, w)
	return first + ", " + second, err
}

// next waits for an event.
func next(ctx context.Context, w watch.Interface) (string, error) {
	select {
	case e, open := <-w.ResultChan():
		if !open {
			return "", errors.New("the watch has ended")
		}
		m, found := e.Object.(*corev1.ConfigMap)
		if !found {
			return "", apierrors.FromObject(e.Object)
		}
		return string(e.Type) + " " + text(m), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
