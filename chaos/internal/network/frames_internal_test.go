// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"bytes"
	"fmt"
	"testing"
)

func frame(kind byte, length int) []byte {
	head := []byte{0, byte(length >> 8), byte(length), kind, 0, 0, 0, 0, 1}
	return append(head, bytes.Repeat([]byte{kind}, length)...)
}

// However a stream is sliced, the cut is at the same byte of the same frame.
func TestFrames_AreCutWhereTheTrapSays(t *testing.T) {
	t.Parallel()
	const settings = 4
	preface := bytes.Repeat([]byte("P"), prefaceLength)
	stream := bytes.Join([][]byte{
		preface, frame(settings, 0), frame(settings, 18), frame(frameHeaders, 91), frame(frameData, 40), frame(frameHeaders, 7),
	}, nil)
	headers := prefaceLength + frameHead + frameHead + 18
	data := headers + frameHead + 91
	for _, test := range []struct {
		at   point
		want int
	}{
		{point{upstream: true, frame: frameHeaders, part: 0}, headers},
		{point{upstream: true, frame: frameHeaders, part: 1}, headers + 50},
		{point{upstream: true, frame: frameHeaders, part: 2}, headers + 100},
		{point{upstream: true, frame: frameData, part: 1}, data + 24},
		{point{upstream: true, frame: frameData, part: 2}, data + 49},
		{point{upstream: false, frame: frameData, part: 2}, len(stream)},
	} {
		for _, size := range []int{1, 2, 7, 9, 10, 64, len(stream)} {
			t.Run(fmt.Sprintf("%+v in slices of %d", test.at, size), func(t *testing.T) {
				t.Parallel()
				toxic := &frameToxic{trap: new(trap), upstream: true}
				sprung := toxic.trap.set(test.at)
				r, _ := toxic.NewState().(*frameReader)
				var got []byte
				then := goOn
				for rest := stream; len(rest) > 0 && then == goOn; {
					n := min(size, len(rest))
					var pass []byte
					pass, then = r.take(bytes.Clone(rest[:n]))
					got, rest = append(got, pass...), rest[n:]
				}
				if !bytes.Equal(got, stream[:test.want]) {
					t.Errorf("%d bytes got through, want %d", len(got), test.want)
				}
				select {
				case <-sprung:
					if then != cut {
						t.Error("the trap has sprung, and nothing is cut")
					}
				default:
					if then == cut || test.at.upstream {
						t.Error("the trap has not sprung")
					}
				}
			})
		}
	}
}
