// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"os"
	"strings"
)

// nginxWith returns a configuration of nginx with more directives for the http
// block and for the location.
func nginxWith(http, location string) config {
	return func(p *proxy, upstream string) string {
		listen := p.address
		if p.http2 {
			listen += " ssl http2" // also known to those that have "http2 on"
		}
		user := ""
		if os.Geteuid() == 0 {
			user = "user root;" // the directory is for nobody else
		}
		r := strings.NewReplacer("@user", user, "@dir", p.dir, "@listen", listen, "@upstream", upstream,
			"@http", http, "@location", location, "@tls", tlsDirectives(p))
		return r.Replace(nginxConf)
	}
}

func tlsDirectives(p *proxy) string {
	if !p.http2 {
		return ""
	}
	return fmt.Sprintf("ssl_certificate %s; ssl_certificate_key %s;", p.file("server.crt"), p.file("server.key"))
}

// Two workers, as on any machine; connections to the upstream are kept.
// X-Worker says which process answered, and so whether there was a new one.
const nginxConf = `@user
daemon off;
worker_processes 2;
pid @dir/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path @dir/body;
    proxy_temp_path @dir/proxy;
    fastcgi_temp_path @dir/fastcgi;
    uwsgi_temp_path @dir/uwsgi;
    scgi_temp_path @dir/scgi;
    upstream behind {
        server @upstream max_fails=0; # never left out: the client decides
        keepalive 16;
    }
    @http
    server {
        listen @listen;
        @tls
        location / {
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_next_upstream off; # nothing is sent again but by the client
            add_header X-Worker $pid always;
            @location
        }
    }
}
`
