// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package awss3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// Ops that the list of failures names.
const (
	opCreate   = "CreateMultipartUpload"
	opComplete = "CompleteMultipartUpload, marked Idempotent"
)

// large is over the 2 MiB from which the SDK sends Expect: 100-continue.
const large = 2<<20 + 1

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "an-id", SecretAccessKey: "a-secret"}, nil
}

func operations(c *s3.Client) []rig.Op {
	s := &session{c: c}
	return []rig.Op{
		{Name: "GetObject", Before: s.put("seed", large), Do: s.get},
		{Name: "ListObjectsV2", Before: s.put("seed", 10), Do: s.list},
		{Name: "PutObject", Do: s.putAndRead("small", 10)},
		{Name: "PutObject with Expect: 100-continue", Do: s.putAndRead("large", large)},
		{Name: "UploadPart", Before: s.create, Do: s.part},
		{Name: "DeleteObject", Before: s.put("seed", 10), Do: s.remove},
		{Name: opCreate, Write: true, Do: func(ctx context.Context) (string, error) { return "", s.create(ctx) }},
		// These two are repeated on the caller's word. S3 does no more by the
		// second time, so they are not counted as writes that may be doubled.
		{Name: opComplete, Before: s.createWithPart, Do: s.complete},
		{Name: "DeleteObjects, marked Idempotent", Before: s.put("seed", 10), Do: s.removeAll},
	}
}

// session is a client and the upload that is under way.
type session struct {
	c      *s3.Client
	upload *string
	part1  *string
}

func content(n int) []byte { return []byte(strings.Repeat("surefoot ", n/9+1)[:n]) }

func (s *session) put(key string, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader(content(n)),
		})
		return err
	}
}

// putAndRead writes an object, and looks at what has become of it.
func (s *session) putAndRead(key string, n int) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := s.put(key, n)(ctx); err != nil {
			return "", err
		}
		return s.read(ctx, key)
	}
}

func (s *session) get(ctx context.Context) (string, error) { return s.read(ctx, "seed") }

func (s *session) read(ctx context.Context, key string) (string, error) {
	out, err := s.c.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(bucket), Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Body.Close() }() // it was read
	raw, err := io.ReadAll(out.Body)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes %x etag %s", len(raw), sha256.Sum256(raw), aws.ToString(out.ETag)), nil
}

func (s *session) list(ctx context.Context) (string, error) {
	out, err := s.c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String("seed")})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, o := range out.Contents {
		fmt.Fprintln(&text, aws.ToString(o.Key), aws.ToInt64(o.Size))
	}
	return text.String(), nil
}

func (s *session) create(ctx context.Context) error {
	out, err := s.c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("parts"),
	})
	if err == nil {
		s.upload = out.UploadId
	}
	return err
}

func (s *session) part(ctx context.Context) (string, error) {
	out, err := s.c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: aws.String(bucket), Key: aws.String("parts"), UploadId: s.upload,
		PartNumber: aws.Int32(1), Body: bytes.NewReader(content(large)),
	})
	if err != nil {
		return "", err
	}
	s.part1 = out.ETag
	return aws.ToString(out.ETag), nil
}

func (s *session) createWithPart(ctx context.Context) error {
	if err := s.create(ctx); err != nil {
		return err
	}
	_, err := s.part(ctx)
	return err
}

func (s *session) complete(ctx context.Context) (string, error) {
	etag, err := complete(ctx, s.c, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("parts"), UploadId: s.upload,
		MultipartUpload: &types.CompletedMultipartUpload{
			Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: s.part1}},
		},
	})
	return aws.ToString(etag), err
}

// docs:begin complete

// complete says that it may be repeated: an upload is completed once, and a second
// attempt that comes too late is told NoSuchUpload.
func complete(ctx context.Context, client *s3.Client, in *s3.CompleteMultipartUploadInput) (*string, error) {
	out, err := client.CompleteMultipartUpload(retry.Idempotent(ctx), in)
	if err != nil {
		return nil, err
	}
	return out.ETag, nil
}

// docs:end complete

func (s *session) remove(ctx context.Context) (string, error) {
	_, err := s.c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String("seed")})
	return "", err
}

func (s *session) removeAll(ctx context.Context) (string, error) {
	out, err := s.c.DeleteObjects(retry.Idempotent(ctx), &s3.DeleteObjectsInput{
		Bucket: aws.String(bucket), Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("seed")}}},
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(len(out.Deleted), " gone, ", len(out.Errors), " errors"), nil
}
