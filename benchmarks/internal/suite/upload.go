// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/trip"
)

// upload sends a body of 64 MiB, has it refused at its end, and sends it again.
func upload(cfg Config, book *Book, r rivals.Rival) error {
	size := int64(cfg.scale(64<<20, 4<<20))
	attempts, heap := 0, 0.0
	buffer := make([]byte, 32<<10)
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		sent, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{req.Body}, buffer)
		if err == nil && sent != size {
			err = fmt.Errorf("sent %d bytes, want %d", sent, size)
		}
		heap, _ = held() // the whole body has been read, and the call still runs
		_ = req.Body.Close()
		if attempts++; attempts == 1 {
			return answer(req, http.StatusServiceUnavailable), err
		}
		return answer(req, http.StatusOK), err
	})
	rt, err := r.Tuned(base, caseTuning())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, "https://host.example.com/", &zeros{size})
	if err != nil {
		return err
	}
	req.ContentLength = size
	req.GetBody = func() (io.ReadCloser, error) { return &zeros{size}, nil }
	before, _ := held()
	var was, is runtime.MemStats
	runtime.ReadMemStats(&was)
	status, err := exchange(rt, req)
	runtime.ReadMemStats(&is)
	if err == nil && (status != http.StatusOK || attempts != 2) {
		err = fmt.Errorf("got %d after %d attempts", status, attempts)
	}
	book.Add(Key{UploadCase, r.Name, TotalBytes}, float64(is.TotalAlloc-was.TotalAlloc))
	book.Add(Key{UploadCase, r.Name, LiveBytes}, max(heap-before, 0))
	return err
}

// zeros is a body that is in no memory.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

func (z *zeros) Close() error { return nil }
