// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package minio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/surefoot-go/surefoot/compat/rig"
)

const opParts = "PutObject in two parts"

// partSize is the least that S3 allows of a part.
const partSize = 5 << 20

func operations(c *minio.Client) []rig.Op {
	s := &session{c}
	return []rig.Op{
		{Name: "GetObject", Before: s.seed, Do: s.get},
		{Name: "StatObject", Before: s.seed, Do: s.stat},
		{Name: "ListObjects", Before: s.seed, Do: s.list},
		{Name: "PutObject, aws-chunked", Do: s.putAndRead("plain", 1<<20, minio.PutObjectOptions{DisableMultipart: true})},
		{Name: "PutObject, aws-chunked with a trailer", Do: s.putAndRead("trailer", 1<<20, minio.PutObjectOptions{
			DisableMultipart: true, Checksum: minio.ChecksumCRC32C,
		})},
		{Name: "RemoveObject", Before: s.seed, Do: s.remove},
		{Name: opParts, Write: true, Do: s.putAndRead("parts", partSize+1, minio.PutObjectOptions{
			PartSize: partSize, NumThreads: 1,
		})},
	}
}

type session struct{ c *minio.Client }

func content(n int) []byte { return []byte(strings.Repeat("surefoot ", n/9+1)[:n]) }

func (s *session) put(ctx context.Context, key string, n int, o minio.PutObjectOptions) error {
	_, err := s.c.PutObject(ctx, bucket, key, bytes.NewReader(content(n)), int64(n), o)
	return err
}

func (s *session) seed(ctx context.Context) error {
	return s.put(ctx, "seed", 1<<20, minio.PutObjectOptions{})
}

// putAndRead writes an object, and looks at what has become of it.
func (s *session) putAndRead(key string, n int, o minio.PutObjectOptions) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := s.put(ctx, key, n, o); err != nil {
			return "", err
		}
		return s.read(ctx, key)
	}
}

func (s *session) get(ctx context.Context) (string, error) { return s.read(ctx, "seed") }

func (s *session) read(ctx context.Context, key string) (string, error) {
	o, err := s.c.GetObject(ctx, bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	defer func() { _ = o.Close() }() // it was read
	raw, err := io.ReadAll(o)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes %x", len(raw), sha256.Sum256(raw)), nil
}

func (s *session) stat(ctx context.Context) (string, error) {
	info, err := s.c.StatObject(ctx, bucket, "seed", minio.StatObjectOptions{})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(info.Key, info.Size, info.ETag), nil
}

func (s *session) list(ctx context.Context) (string, error) {
	var text strings.Builder
	for o := range s.c.ListObjectsIter(ctx, bucket, minio.ListObjectsOptions{Prefix: "seed"}) {
		if o.Err != nil {
			return "", o.Err
		}
		fmt.Fprintln(&text, o.Key, o.Size)
	}
	return text.String(), nil
}

func (s *session) remove(ctx context.Context) (string, error) {
	return "", s.c.RemoveObject(ctx, bucket, "seed", minio.RemoveObjectOptions{})
}
