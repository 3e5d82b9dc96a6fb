// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// docs:begin program
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/surefoot-go/surefoot/transport"
)

func main() {
	client, err := transport.Wrap(http.DefaultClient)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Transport)
	// Output: retry (4 attempts) → breaker → *http.Transport
}

// docs:end program
