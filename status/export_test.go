// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import "github.com/surefoot-go/surefoot/observe"

// Tell hands an event to the page, as the layers do.
func (p *Page) Tell(e observe.Event) { p.recorder.Observe(e) }

// KeyCount is how many keys the page keeps counts for.
func (p *Page) KeyCount() int { return p.recorder.keys.Len() }
