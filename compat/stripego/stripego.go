// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package stripego is the case of stripe-go.
package stripego

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is stripe-go, on stripe-mock.
func Case() rig.Case {
	return rig.Case{
		Name: "stripe-go", Module: "github.com/stripe/stripe-go/v85", Page: "sdk-payments-and-rest",
		Server:     "stripe-mock",
		Installed:  "`BackendConfig.HTTPClient`",
		OwnRetries: "2; `MaxNetworkRetries: stripe.Int64(0)`",
		Answer:     answer, Start: start, Install: install,
	}
}

// docs:begin install

// newBackends returns backends for stripe.NewClient. A nil url means Stripe's.
func newBackends(url *string, opts ...transport.Option) (*stripe.Backends, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		HTTPClient:        &http.Client{Transport: t, Timeout: 80 * time.Second}, // as stripe-go's own
		MaxNetworkRetries: stripe.Int64(0),                                       // surefoot retries
		URL:               url,
	}), nil
}

// docs:end install

// answer is what Stripe says when it has trouble.
func answer(status int) (http.Header, string) {
	kind, message := "api_error", "An error occurred internally."
	if status == http.StatusTooManyRequests {
		kind, message = "invalid_request_error", "Request rate limit exceeded."
	}
	return http.Header{"Content-Type": {"application/json"}, "Request-Id": {"req_trouble"}},
		fmt.Sprintf(`{"error":{"type":%q,"message":%q}}`, kind, message)
}

// load reads Stripe's OpenAPI description, once: it takes a second.
var load = sync.OnceValues(func() (*server.StubServer, error) { //nolint:gochecknoglobals // stripe-mock keeps no state
	spec, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		return nil, err
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		return nil, err
	}
	return server.NewStubServer(fixtures, spec, false, false)
})

// start starts what the stripe-mock command would.
func start() (rig.Server, error) {
	stripe.DefaultLeveledLogger = &stripe.LeveledLogger{Level: stripe.LevelNull} // trouble is expected here
	stub, err := load()
	if err != nil {
		return rig.Server{}, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", stub.HandleRequest)
	return rig.Serve(&server.DoubleSlashFixHandler{Mux: mux})
}

func install(env rig.Env) (rig.Session, error) {
	backends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{URL: &env.URL})
	if env.Surefoot {
		var err error
		if backends, err = newBackends(&env.URL, env.Options...); err != nil {
			return rig.Session{}, err
		}
		if env.OwnRetries {
			backends.API.SetMaxNetworkRetries(stripe.DefaultMaxNetworkRetries)
		}
	}
	c := stripe.NewClient("sk_test_123", stripe.WithBackends(backends))
	return rig.Session{Ops: []rig.Op{
		{Name: "retrieve a customer", Do: func(ctx context.Context) (string, error) {
			customer, err := c.V1Customers.Retrieve(ctx, "cus_123", nil)
			return read(err, func() string { return customer.ID })
		}},
		{Name: "list customers", Do: func(ctx context.Context) (string, error) {
			var ids []string
			for customer, err := range c.V1Customers.List(ctx, &stripe.CustomerListParams{}).All(ctx) {
				if err != nil {
					return "", err
				}
				ids = append(ids, customer.ID)
			}
			return strings.Join(ids, " "), nil
		}},
		{Name: "create a customer", Write: true, Do: func(ctx context.Context) (string, error) {
			customer, err := c.V1Customers.Create(ctx, &stripe.CustomerCreateParams{Email: stripe.String("jenny@example.com")})
			return read(err, func() string { return customer.Email })
		}},
		{Name: "create a payment", Write: true, Do: func(ctx context.Context) (string, error) {
			payment, err := c.V1PaymentIntents.Create(ctx, &stripe.PaymentIntentCreateParams{
				Amount: stripe.Int64(4200), Currency: stripe.String("eur"), PaymentMethod: stripe.String("pm_card_visa"),
			})
			return read(err, func() string { return fmt.Sprint(payment.Amount, payment.Currency) })
		}},
		{Name: "refund with a key of one's own", Write: true, Do: func(ctx context.Context) (string, error) {
			params := &stripe.RefundCreateParams{PaymentIntent: stripe.String("pi_123"), Amount: stripe.Int64(100)}
			params.SetIdempotencyKey("refund-of-order-17")
			refund, err := c.V1Refunds.Create(ctx, params)
			return read(err, func() string { return strconv.FormatInt(refund.Amount, 10) })
		}},
		{Name: "delete a customer", Do: func(ctx context.Context) (string, error) {
			customer, err := c.V1Customers.Delete(ctx, "cus_123", nil)
			return read(err, func() string { return fmt.Sprint(customer.ID, customer.Deleted) })
		}},
	}}, nil
}

// read calls text unless there was an error.
func read(err error, text func() string) (string, error) {
	if err != nil {
		return "", err
	}
	return text(), nil
}
