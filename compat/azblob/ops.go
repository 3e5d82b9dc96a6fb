// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package azblob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/appendblob"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// Ops that the list of failures names.
const (
	opDelete  = "DeleteBlob"
	opGuarded = "AppendBlock at a position"
	opNever   = "AppendBlock, marked Never"
)

// operations has no op that is a Write: Blob Storage is written to by PUT. So
// is an append, which is no idempotent thing to do; see the two ops of it.
func operations(c *azblob.Client) []rig.Op {
	s := session{c}
	return []rig.Op{
		{Name: "DownloadStream with NewRetryReader", Resumes: true, Before: s.upload("seed", 1<<20), Do: s.read("seed")},
		{Name: "GetProperties", Before: s.upload("seed", 10), Do: s.properties},
		{Name: "ListBlobsFlat", Before: s.upload("seed", 10), Do: s.list},
		{Name: "UploadBuffer", Do: s.uploadAndRead},
		{Name: "UploadStream in blocks", Do: s.blocks},
		{Name: opDelete, Before: s.upload("doomed", 10), Do: s.remove},
		{Name: opGuarded, Before: s.createAppend, Do: s.appendGuarded},
		{Name: opNever, Before: s.createAppend, Do: s.appendOnce},
	}
}

type session struct{ c *azblob.Client }

func content(n int) []byte { return []byte(strings.Repeat("surefoot ", n/9+1)[:n]) }

func (s session) upload(name string, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.c.UploadBuffer(ctx, container, name, content(n), nil)
		return err
	}
}

// uploadAndRead writes a blob, and looks at what has become of it.
func (s session) uploadAndRead(ctx context.Context) (string, error) {
	if err := s.upload("uploaded", 1<<20)(ctx); err != nil {
		return "", err
	}
	return s.read("uploaded")(ctx)
}

func (s session) blocks(ctx context.Context) (string, error) {
	_, err := s.c.UploadStream(ctx, container, "blocks", bytes.NewReader(content(3<<20+1)),
		&azblob.UploadStreamOptions{BlockSize: 1 << 20, Concurrency: 1})
	if err != nil {
		return "", err
	}
	return s.read("blocks")(ctx)
}

func (s session) read(name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		out, err := s.c.DownloadStream(ctx, container, name, nil)
		if err != nil {
			return "", err
		}
		body := out.NewRetryReader(ctx, nil)
		defer func() { _ = body.Close() }() // it was read
		raw, err := io.ReadAll(body)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d bytes %x", len(raw), sha256.Sum256(raw)), nil
	}
}

func (s session) properties(ctx context.Context) (string, error) {
	p, err := s.c.ServiceClient().NewContainerClient(container).NewBlobClient("seed").GetProperties(ctx, nil)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d bytes md5 %x", *p.ContentLength, p.ContentMD5), nil
}

func (s session) list(ctx context.Context) (string, error) {
	var text strings.Builder
	pages := s.c.NewListBlobsFlatPager(container, &azblob.ListBlobsFlatOptions{Prefix: to.Ptr("seed")})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, b := range page.Segment.BlobItems {
			fmt.Fprintln(&text, *b.Name, *b.Properties.ContentLength)
		}
	}
	return text.String(), nil
}

func (s session) remove(ctx context.Context) (string, error) {
	_, err := s.c.DeleteBlob(ctx, container, "doomed", nil)
	return "", err
}

func (s session) log() *appendblob.Client {
	return s.c.ServiceClient().NewContainerClient(container).NewAppendBlobClient("log")
}

// createAppend makes an empty blob, in place of the one before.
func (s session) createAppend(ctx context.Context) error {
	_, err := s.log().Create(ctx, nil)
	return err
}

func (s session) appendGuarded(ctx context.Context) (string, error) {
	return said(appendAt(ctx, s.log(), 0, "a line\n"))
}

func (s session) appendOnce(ctx context.Context) (string, error) {
	return said(s.log().AppendBlock(retry.Never(ctx), streaming.NopCloser(strings.NewReader("a line\n")), nil))
}

func said(out appendblob.AppendBlockResponse, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprint("at ", *out.BlobAppendOffset, ", blocks ", *out.BlobCommittedBlockCount), nil
}

// docs:begin append

// appendAt appends a line to a blob of which it knows how long it is. If the first
// attempt did its work, the second is told AppendPositionConditionNotMet.
func appendAt(ctx context.Context, blob *appendblob.Client, size int64, line string) (appendblob.AppendBlockResponse, error) {
	return blob.AppendBlock(ctx, streaming.NopCloser(strings.NewReader(line)), &appendblob.AppendBlockOptions{
		AppendPositionAccessConditions: &appendblob.AppendPositionAccessConditions{AppendPosition: &size},
	})
}

// docs:end append
