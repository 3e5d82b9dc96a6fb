// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package gcs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// Ops that the list of failures names.
const (
	opWrite   = "write"
	opGuarded = "write if absent, marked Idempotent"
	opDelete  = "delete"
)

func operations(c *storage.Client) []rig.Op {
	s := session{c.Bucket(bucket)}
	return []rig.Op{
		{Name: "read", Resumes: true, Do: patient(s.read("seed"))},
		{Name: "attributes", Do: patient(s.attributes)},
		{Name: "list", Do: patient(s.list)},
		{Name: opWrite, Write: true, Do: patient(s.writeAndRead)},
		// These are repeated on the caller's word. They do no more by the second time,
		// so they are not counted as writes that may be doubled.
		{Name: opGuarded, Before: s.remove("guarded"), Do: patient(s.guarded)},
		{Name: "update, marked Idempotent", Do: patient(s.update)},
		{Name: "write in chunks, marked Idempotent", Before: s.remove("chunks"), Do: patient(s.chunks)},
		{Name: opDelete, Before: s.seed("doomed"), Do: patient(func(ctx context.Context) (string, error) {
			return "", s.b.Object("doomed").Delete(ctx)
		})},
	}
}

// patient gives a call ten seconds. The SDK's own retries end with the context
// and not before.
func patient(do func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return do(ctx)
	}
}

type session struct{ b *storage.BucketHandle }

func content(n int) []byte { return []byte(strings.Repeat("surefoot ", n/9+1)[:n]) }

func (s session) read(name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		r, err := s.b.Object(name).NewReader(ctx)
		if err != nil {
			return "", err
		}
		defer func() { _ = r.Close() }() // it was read
		raw, err := io.ReadAll(r)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d bytes %x", len(raw), sha256.Sum256(raw)), nil
	}
}

func (s session) attributes(ctx context.Context) (string, error) {
	a, err := s.b.Object("seed").Attrs(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(a.Name, a.Size, a.CRC32C), nil
}

func (s session) list(ctx context.Context) (string, error) {
	var text strings.Builder
	for all := s.b.Objects(ctx, &storage.Query{Prefix: "seed"}); ; {
		a, err := all.Next()
		if errors.Is(err, iterator.Done) {
			return text.String(), nil
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&text, a.Name, a.Size)
	}
}

// write writes n bytes. What is closed without an error has been stored.
func write(ctx context.Context, o *storage.ObjectHandle, n, chunk int) error {
	w := o.NewWriter(ctx)
	w.ChunkSize = chunk
	if _, err := w.Write(content(n)); err != nil {
		return err
	}
	return w.Close()
}

func (s session) seed(name string) func(context.Context) error {
	return func(ctx context.Context) error { return write(ctx, s.b.Object(name), 10, 0) }
}

func (s session) remove(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		err := s.b.Object(name).Delete(ctx)
		if errors.Is(err, storage.ErrObjectNotExist) {
			return nil
		}
		return err
	}
}

func (s session) writeAndRead(ctx context.Context) (string, error) {
	if err := write(ctx, s.b.Object("written"), 1<<20, googleapi.DefaultUploadChunkSize); err != nil {
		return "", err
	}
	return s.read("written")(ctx)
}

func (s session) guarded(ctx context.Context) (string, error) {
	if err := create(ctx, s.b.Object("guarded"), content(1<<20)); err != nil {
		return "", err
	}
	return s.read("guarded")(ctx)
}

// docs:begin create

// create writes an object that is not there yet. With that condition the POST may
// be repeated: a second attempt that comes too late is told 412.
func create(ctx context.Context, object *storage.ObjectHandle, data []byte) error {
	object = object.If(storage.Conditions{DoesNotExist: true})
	w := object.NewWriter(retry.Idempotent(ctx))
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close() // only now it is stored
}

// docs:end create

// chunks sends a POST for the upload and one for each chunk. The service ignores
// bytes that it has already, and an upload that is begun twice leaves one that
// is never finished.
func (s session) chunks(ctx context.Context) (string, error) {
	o := s.b.Object("chunks").If(storage.Conditions{DoesNotExist: true})
	if err := write(retry.Idempotent(ctx), o, 3*googleapi.MinUploadChunkSize+1, googleapi.MinUploadChunkSize); err != nil {
		return "", err
	}
	return s.read("chunks")(ctx)
}

func (s session) update(ctx context.Context) (string, error) {
	a, err := s.b.Object("seed").Update(retry.Idempotent(ctx), storage.ObjectAttrsToUpdate{
		Metadata: map[string]string{"colour": "green"},
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(a.Name, a.Metadata), nil
}
