// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// A Message is what an [Engine] tells all instances when something has changed
// for all.
type Message struct {
	// Namespace is the one that it belongs to.
	Namespace string
	// What says what has happened.
	What What
	// Entry is the key, and what it is now.
	Entry Entry
	// Before and After are the revisions before and after the change. Who knew
	// all of the one knows all of the other.
	Before, After uint64
	// Instance is who caused the change.
	Instance string
}

// What says what a [Message] is about.
type What byte

const (
	// Opened says that a key is open, or cools down, for all; or goes on so.
	Opened What = 'o'
	// Closed says that it is so no longer.
	Closed What = 'c'
	// Leased says that an instance has got the lease. Wait is for how long, so that
	// the others need not ask before it is over.
	Leased What = 'l'
	// Freed says that a lease was given back.
	Freed What = 'f'
	// Worked says that a probe has succeeded: all may probe for a while, since the
	// one with the lease may not have the calls that it takes to close the circuit.
	Worked What = 'w'
	// Help says that nothing has come of a lease yet: a few others may probe, too.
	Help What = 'h'
)

// MaxMessage is the length of a message. Longer ones are dropped.
const MaxMessage = 4 << 10

// version is the first word of a message. It changes with the format, and with
// the meaning of what an engine keeps.
const version = "surefoot/1"

// maxName bounds the names of namespaces and instances, and the prefix.
const maxName = 64

// Why a message is dropped.
var (
	errSize    = errors.New("fleet: message too long")
	errForeign = errors.New("fleet: message of another version or namespace")
	errGarbage = errors.New("fleet: message not understood")
)

// Append appends the message as it is sent: words with one space between them,
// and the key, which may hold anything, last.
//
//	surefoot/1 NAMESPACE WHAT SUBJECT BEFORE AFTER WAIT KEEP FLAG INSTANCE KEY
//
// WHAT is o, c, l, f, w or h; SUBJECT is c or d; WAIT and KEEP are milliseconds; FLAG is 0
// or 1.
func (m Message) Append(b []byte) []byte {
	b = append(b, version...)
	b = append(b, ' ')
	b = append(b, m.Namespace...)
	b = append(b, ' ', byte(m.What), ' ', m.Entry.Subject.letter(), ' ')
	b = strconv.AppendUint(b, m.Before, 10)
	b = append(b, ' ')
	b = strconv.AppendUint(b, m.After, 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, m.Entry.Wait.Milliseconds(), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, m.Entry.Keep.Milliseconds(), 10)
	b = append(b, ' ', bit(m.Entry.Flag), ' ')
	b = append(b, m.Instance...)
	b = append(b, ' ')
	return append(b, m.Entry.Key...)
}

// ParseMessage reads a message, of which it keeps nothing. A message comes from
// whoever may write to the server: nothing in it is believed, and waits that are
// longer than [MaxKeep] are cut to it.
func ParseMessage(payload []byte) (Message, error) {
	if len(payload) > MaxMessage {
		return Message{}, errSize
	}
	words := bytes.SplitN(payload, []byte{' '}, 11)
	if string(words[0]) != version {
		return Message{}, errForeign
	}
	if len(words) != 11 {
		return Message{}, errGarbage
	}
	m := Message{
		Namespace: string(words[1]), Instance: string(words[9]),
		Entry: Entry{Key: string(words[10])},
	}
	ok := isName(m.Namespace) && isName(m.Instance) && validKey(m.Entry.Key)
	ok = parseWhat(words[2], &m.What) && ok
	ok = parseSubject(words[3], &m.Entry.Subject) && ok
	ok = parseNumber(words[4], &m.Before) && ok
	ok = parseNumber(words[5], &m.After) && ok
	ok = parseMillis(words[6], &m.Entry.Wait) && ok
	ok = parseMillis(words[7], &m.Entry.Keep) && ok
	ok = parseBit(words[8], &m.Entry.Flag) && ok
	if !ok {
		return Message{}, errGarbage
	}
	return m, nil
}

func parseWhat(word []byte, to *What) bool {
	if len(word) != 1 {
		return false
	}
	switch *to = What(word[0]); *to {
	case Opened, Closed, Leased, Freed, Worked, Help:
		return true
	}
	return false
}

func parseSubject(word []byte, to *Subject) bool {
	switch string(word) {
	case "c":
		*to = Circuit
	case "d":
		*to = CoolDown
	default:
		return false
	}
	return true
}

func (s Subject) letter() byte {
	if s == CoolDown {
		return 'd'
	}
	return 'c'
}

// String returns "circuit" or "cool_down".
func (s Subject) String() string {
	switch s {
	case Circuit:
		return "circuit"
	case CoolDown:
		return "cool_down"
	}
	return fmt.Sprintf("subject(%d)", uint8(s))
}

func parseNumber(word []byte, to *uint64) bool {
	n, err := strconv.ParseUint(string(word), 10, 64)
	*to = n
	return err == nil
}

func parseMillis(word []byte, to *time.Duration) bool {
	n, err := strconv.ParseUint(string(word), 10, 63)
	*to = MaxKeep
	if n < uint64(MaxKeep/time.Millisecond) {
		*to = time.Duration(n) * time.Millisecond // at most MaxKeep
	}
	return err == nil
}

func parseBit(word []byte, to *bool) bool {
	*to = string(word) == "1"
	return *to || string(word) == "0"
}

func bit(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

func validKey(key string) bool { return key != "" && len(key) <= MaxKey }

// isName reports whether s is fit for a name that is a word of a message, a part
// of a Redis key and its hash tag: letters, digits, and a few signs that mean
// nothing in any of them.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/':
		default:
			return false
		}
	}
	return true
}
