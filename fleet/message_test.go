// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
)

func message() fleet.Message {
	return fleet.Message{
		Namespace: "default", What: fleet.Opened, Instance: "i-1", Before: 7, After: math.MaxUint64,
		Entry: fleet.Entry{Subject: fleet.CoolDown, Key: "a key\nwith all", Wait: 1500 * time.Millisecond, Keep: time.Minute, Flag: true},
	}
}

func TestMessage_ComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m := message()
	text := m.Append(nil)
	if want := "surefoot/1 default o d 7 18446744073709551615 1500 60000 1 i-1 a key\nwith all"; string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
	got, err := fleet.ParseMessage(text)
	if err != nil || got != m {
		t.Errorf("got %+v, %v, want %+v", got, err, m)
	}
}

func TestParseMessage_BelievesNothing(t *testing.T) {
	t.Parallel()
	good := string(message().Append(nil))
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "another version"},
		{"another program", "hello", "another version"},
		{"another version", strings.Replace(good, "/1", "/2", 1), "another version"},
		{"cut short", good[:20], "not understood"},
		{"no key", strings.TrimSuffix(good, "a key\nwith all"), "not understood"},
		{"a long key", good + strings.Repeat("x", fleet.MaxKey), "not understood"},
		{"too long", good + strings.Repeat("x", fleet.MaxMessage), "too long"},
		{"an unknown kind", strings.Replace(good, " o ", " x ", 1), "not understood"},
		{"an unknown subject", strings.Replace(good, " d ", " e ", 1), "not understood"},
		{"a negative wait", strings.Replace(good, "1500", "-1500", 1), "not understood"},
		{"a number that is none", strings.Replace(good, "1500", "1.5e3", 1), "not understood"},
		{"a number that is too large", strings.Replace(good, " 7 ", " 99999999999999999999 ", 1), "not understood"},
		{"a flag that is none", strings.Replace(good, " 1 i", " 2 i", 1), "not understood"},
		{"no namespace", strings.Replace(good, "default", "", 1), "not understood"},
		{"a strange instance", strings.Replace(good, "i-1", "i\x00", 1), "not understood"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, err := fleet.ParseMessage([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v, want an error with %q", m, err, test.want)
			}
		})
	}
}

func TestParseMessage_CutsWaits(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(message().Append(nil)), "1500 60000", "9223372036854775807 180001", 1)
	m, err := fleet.ParseMessage([]byte(text))
	if err != nil || m.Entry.Wait != fleet.MaxKeep || m.Entry.Keep != fleet.MaxKeep {
		t.Errorf("got %+v, %v, want waits of %s", m.Entry, err, fleet.MaxKeep)
	}
}

// Whatever comes is refused, or can be sent on and means the same.
func FuzzParseMessage(f *testing.F) {
	f.Add(message().Append(nil))
	f.Add([]byte("surefoot/1 default c c 1 2 0 0 0 i https://host.example"))
	f.Add([]byte("surefoot/1 default f c 2 2 0 1000 0 i {}"))
	f.Add([]byte("surefoot/1 a/b w c 2 2 0 1000 0 i k"))
	f.Add([]byte("surefoot/1 a l c 2 2 3000 6000 0 i k"))
	f.Add([]byte("surefoot/2 a"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, err := fleet.ParseMessage(payload)
		if err != nil {
			if m != (fleet.Message{}) {
				t.Fatalf("an error, and %+v", m)
			}
			return
		}
		e := m.Entry
		if e.Wait < 0 || e.Wait > fleet.MaxKeep || e.Keep < 0 || e.Keep > fleet.MaxKeep || e.Key == "" || len(e.Key) > fleet.MaxKey {
			t.Fatalf("out of bounds: %+v", m)
		}
		if again, err := fleet.ParseMessage(m.Append(nil)); err != nil || again != m {
			t.Fatalf("%+v becomes %+v, %v", m, again, err)
		}
	})
}

func TestKeepOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ wait, want time.Duration }{
		{-time.Second, 5 * time.Second},
		{0, 5 * time.Second},
		{time.Second, 6 * time.Second},
		{2 * time.Second, 8 * time.Second},
		{time.Minute, 2 * time.Minute},
		{time.Hour, fleet.MaxKeep},
	} {
		if got := fleet.KeepOf(test.wait); got != test.want {
			t.Errorf("KeepOf(%s) is %s, want %s", test.wait, got, test.want)
		}
	}
}
