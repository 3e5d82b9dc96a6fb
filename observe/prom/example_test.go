// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/surefoot-go/surefoot/observe"
	surefootprom "github.com/surefoot-go/surefoot/observe/prom"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// send makes a call.
func send(client *http.Client, url string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
}

// show prints the series of a metric.
func show(g prometheus.Gatherer, name string) {
	families, err := g.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			fmt.Println(name, labels(m), m.GetCounter().GetValue())
		}
	}
}

func labels(m *dto.Metric) map[string]string {
	all := map[string]string{}
	for _, l := range m.GetLabel() {
		all[l.GetName()] = l.GetValue()
	}
	return all
}

// The base here answers 503 once, and then 200.
func Example() {
	stack, err := transport.New(answers(503, 200), atOnce)
	if err != nil {
		log.Fatal(err)
	}
	collector, err := surefootprom.New(stack)
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry() // or prometheus.MustRegister(collector)
	registry.MustRegister(collector)

	send(&http.Client{Transport: stack}, "https://example.com/")
	show(registry, "surefoot_retries_total")
	// Output:
	// surefoot_retries_total map[client:default key:https://example.com reason:5xx] 1
}

func ExampleWithName() {
	registry := prometheus.NewRegistry()
	for _, name := range []string{"payments", "search"} {
		stack, err := transport.New(answers(200))
		if err != nil {
			log.Fatal(err)
		}
		collector, err := surefootprom.New(stack, surefootprom.WithName(name))
		if err != nil {
			log.Fatal(err)
		}
		registry.MustRegister(collector)
		send(&http.Client{Transport: stack}, "https://"+name+".example.com/")
	}
	show(registry, "surefoot_attempts_total")
	// Output:
	// surefoot_attempts_total map[class:success client:payments key:https://payments.example.com outcome:2xx] 1
	// surefoot_attempts_total map[class:success client:search key:https://search.example.com outcome:2xx] 1
}

// Keys beyond the limit share one name, so that a crawler does not fill the
// memory of the server.
func ExampleWithMaxKeys() {
	stack, err := transport.New(answers(200))
	if err != nil {
		log.Fatal(err)
	}
	collector, err := surefootprom.New(stack, surefootprom.WithMaxKeys(1))
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	client := &http.Client{Transport: stack}
	for _, host := range []string{"a", "b", "c"} {
		send(client, "https://"+host+".example.com/")
	}
	show(registry, "surefoot_attempts_total")
	// Output:
	// surefoot_attempts_total map[class:success client:default key:https://a.example.com outcome:2xx] 1
	// surefoot_attempts_total map[class:success client:default key:other outcome:2xx] 2
}

// A server that reads native histograms needs no classic buckets, which are
// most of all series.
func ExampleWithBuckets() {
	for _, opts := range [][]surefootprom.Option{
		nil,
		{surefootprom.WithBuckets(0.1, 1, 10)},
		{surefootprom.WithBuckets()},
	} {
		collector, err := surefootprom.New(nil, opts...)
		if err != nil {
			log.Fatal(err)
		}
		collector.Observe(observe.Event{Kind: observe.AttemptFinished, Status: 200})
		registry := prometheus.NewRegistry()
		registry.MustRegister(collector)
		families, err := registry.Gather()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(families[0].GetMetric()[0].GetHistogram().GetBucket()), "classic buckets")
	}
	// Output:
	// 12 classic buckets
	// 3 classic buckets
	// 0 classic buckets
}

func ExampleCollector_Stop() {
	stack, err := transport.New(answers(200))
	if err != nil {
		log.Fatal(err)
	}
	collector, err := surefootprom.New(stack)
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	client := &http.Client{Transport: stack}
	send(client, "https://example.com/")

	collector.Stop() // what was counted stays
	send(client, "https://example.com/")
	show(registry, "surefoot_attempts_total")
	registry.Unregister(collector) // and now it is gone
	show(registry, "surefoot_attempts_total")
	// Output:
	// surefoot_attempts_total map[class:success client:default key:https://example.com outcome:2xx] 1
}

// A layer that is used without a Transport is given the Collector itself.
func ExampleCollector_Observe() {
	collector, err := surefootprom.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	retrier, err := retry.New(retry.WithObserver(collector))
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	send(&http.Client{Transport: retrier.Wrap(answers(404))}, "https://example.com/")
	show(registry, "surefoot_calls_total")
	// Output:
	// surefoot_calls_total map[attempts:1 class:success client:default key:https://example.com outcome:2xx] 0
	// surefoot_calls_total map[attempts:1 class:terminal client:default key:https://example.com outcome:4xx] 1
}

// A mistake in an option is a ConfigError.
func ExampleNew() {
	_, err := surefootprom.New(nil, surefootprom.WithMaxKeys(0), surefootprom.WithBuckets(1, 0.5))
	fmt.Println(err)
	// Output:
	// surefootprom: WithMaxKeys: 0: must be 1 to 1000000
	// surefootprom: WithBuckets: [1 0.5]: must be finite, positive and in ascending order
}
