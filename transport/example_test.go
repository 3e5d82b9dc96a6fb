// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"fmt"
	"log"
	"net/http"

	"github.com/surefoot-go/surefoot/transport"
)

func Example() {
	client, err := transport.Wrap(http.DefaultClient)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Transport)
	// Output: retry (4 attempts) → breaker → *http.Transport
}
