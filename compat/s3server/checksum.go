// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package s3server

import (
	"crypto/md5" //nolint:gosec // S3 asks for it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
)

// crc64NVME is the polynomial of x-amz-checksum-crc64nvme, bits reversed.
const crc64NVME = 0x9a6c9329ac4bc9b5

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// checksums compares data with every checksum that came with it.
func checksums(header http.Header, data []byte) error {
	for name, sum := range map[string]func() hash.Hash{
		"Content-Md5":              md5.New,
		"X-Amz-Checksum-Crc32":     func() hash.Hash { return crc32.NewIEEE() },
		"X-Amz-Checksum-Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
		"X-Amz-Checksum-Crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(crc64NVME)) },
		"X-Amz-Checksum-Sha256":    sha256.New,
	} {
		want := header.Get(name)
		if want == "" {
			continue
		}
		h := sum()
		_, _ = h.Write(data) // a hash never fails
		if base64.StdEncoding.EncodeToString(h.Sum(nil)) != want {
			return errDigest
		}
	}
	return nil
}
