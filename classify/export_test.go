// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

// MaxPeek is how much of a body is read ahead.
const MaxPeek = maxPeek

// A KnownText is a text by which an error is known.
type KnownText struct {
	Text  string
	Begin bool // the text is only the beginning
}

// KnownTexts returns all of them.
func KnownTexts() []KnownText {
	var texts []KnownText
	for _, known := range knownTexts {
		texts = append(texts, KnownText{known.text, known.begin})
	}
	return texts
}
