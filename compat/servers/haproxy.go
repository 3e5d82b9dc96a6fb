// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import "strings"

// haproxyWith returns a configuration of haproxy with more settings for the
// server behind it, more defaults, and rules for requests.
//
// A full queue is "timeout queue", or a rule that looks at its length: maxqueue
// sends nobody away where there is one server.
func haproxyWith(server, defaults, rules string) config {
	return func(p *proxy, upstream string) string {
		bind := p.address
		if p.http2 {
			bind += " ssl crt " + p.file("server.pem") + " alpn h2,http/1.1"
		}
		r := strings.NewReplacer("@bind", bind, "@upstream", upstream, "@server", server,
			"@defaults", defaults, "@rules", rules)
		return r.Replace(haproxyConf)
	}
}

// Of two lines of the same name, the last counts. X-Worker says which process
// answered.
const haproxyConf = `global
    nbthread 2
    maxconn 1000
    hard-stop-after 10s
defaults
    mode http
    retries 0 # nothing is sent again but by the client
    no option redispatch
    timeout client 30s
    timeout connect 1s
    timeout server 30s
    timeout queue 1s
    @defaults
frontend front
    bind @bind
    @rules
    http-after-response set-header X-Worker %pid
    default_backend behind
backend behind
    server one @upstream @server
`
