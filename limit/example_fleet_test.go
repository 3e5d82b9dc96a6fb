// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"time"

	"github.com/surefoot-go/surefoot/limit"
)

// A server has asked other processes to wait, and this one does, too. A fleet that
// carries what one finds to the others is in the module
// github.com/surefoot-go/surefoot/fleet; this one is in the hands of the example.
func ExampleWithFleet() {
	f := &fleet{}
	l := must(limit.New(limit.WithFleet(f)))
	rt := l.Wrap(status(200))
	tell(rt, context.Background())
	f.joined[0].Cool(url, time.Minute, false)
	tell(rt, context.Background())
	// Output:
	// 200
	// rejected: cool_down
}
