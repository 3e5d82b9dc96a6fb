// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

// Calls are dealt to hosts in turn, in proportion to their shares, so that the
// host of a call depends on nothing but its number.

// deal returns the number of the i-th call of a host, from 0.
func (r *run) deal(host, i int) int {
	share := r.hosts[host].share
	return i/share*r.round() + r.offset(host) + i%share
}

// hostOf returns the host of a call.
func (r *run) hostOf(call int) *host {
	at := call % r.round()
	for _, h := range r.hosts {
		if at < h.share {
			return h
		}
		at -= h.share
	}
	return nil
}

// scripted reports whether the plan applies to a call. On hosts with outages
// it does not.
func (r *run) scripted(call int) bool { return r.hostOf(call).path.Script != nil }

func (r *run) round() int { return r.offset(len(r.hosts)) }

// offset returns the sum of the shares of the hosts before one.
func (r *run) offset(host int) int {
	sum := 0
	for _, h := range r.hosts[:host] {
		sum += h.share
	}
	return sum
}
