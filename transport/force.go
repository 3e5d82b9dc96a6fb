// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

// ForceOpen keeps the circuit of a key open until [Transport.ForceClosed] or
// [Transport.Reset], as [breaker.Breaker.ForceOpen] does: to take a host away by
// hand. The key is in the form that [Key].Key has. It reports whether there is
// such a circuit. It is safe for concurrent use, and so are the other two.
func (t *Transport) ForceOpen(key string) bool {
	return t.circuits != nil && t.circuits.ForceOpen(key)
}

// ForceClosed keeps the circuit of a key closed until [Transport.ForceOpen] or
// [Transport.Reset], whatever the host answers. It reports whether there is such
// a circuit.
func (t *Transport) ForceClosed(key string) bool {
	return t.circuits != nil && t.circuits.ForceClosed(key)
}

// Reset closes the circuit of a key, empties its window, and leaves it to itself
// again if it was forced. It reports whether there is such a circuit.
func (t *Transport) Reset(key string) bool {
	return t.circuits != nil && t.circuits.Reset(key)
}
