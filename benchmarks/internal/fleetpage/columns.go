// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleetpage

import (
	"math"
	"slices"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A column is one number of a crew in a drill.
type column struct {
	title  string
	values func(p *Page, d storm.Drill, c storm.Crew) []float64 // of the seeds
	pick   func([]float64) float64                              // of them
	write  func(float64) string
}

// plain is a number that each run has by itself.
func plain(title string, of func(storm.FleetResult) float64, pick func([]float64) float64, write func(float64) string) column {
	return column{title, func(p *Page, d storm.Drill, c storm.Crew) []float64 { return p.Book.Values(d, c.Name, of) }, pick, write}
}

// share is a number of a crew in per cent of that of its counterpart, with the
// same calls and the same luck.
func share(title string, of func(storm.FleetResult) float64) column {
	return column{title, func(p *Page, d storm.Drill, c storm.Crew) []float64 {
		if !c.Shared {
			return nil
		}
		return p.Book.Ratios(d, c.Name, c.Counterpart(), of)
	}, storm.Median, percent}
}

// What is measured, under the names that columns and bars share.
func insideOK(r storm.FleetResult) float64 { return r.InsideOK }
func othersOK(r storm.FleetResult) float64 { return r.OthersOK }
func attempts(r storm.FleetResult) float64 { return float64(r.Down) }
func late(r storm.FleetResult) float64     { return float64(r.Late) }
func later(r storm.FleetResult) float64    { return float64(r.Later) }
func probes(r storm.FleetResult) float64   { return float64(r.Probes) }
func half(r storm.FleetResult) float64     { return r.Half }
func all(r storm.FleetResult) float64      { return r.All }
func recovery(r storm.FleetResult) float64 { return r.Recovery }
func wrong(r storm.FleetResult) float64    { return float64(r.Wrong) }
func denied(r storm.FleetResult) float64   { return float64(r.Denied) }
func fresh(r storm.FleetResult) float64    { return r.Fresh }
func quiet(r storm.FleetResult) float64    { return r.Quiet }
func busy(r storm.FleetResult) float64     { return r.Busy }

// columns returns those that say something about a drill.
func columns(d storm.Drill) []column {
	list := []column{plain("success in it %", insideOK, storm.Median, percent)}
	if d.Hosts > 1 || d.Struck > 0 {
		list = append(list, plain("success of others %", othersOK, least, percent))
	}
	if d.Fault.Kind != storm.Healthy {
		list = append(list, plain("attempts", attempts, storm.Median, page.Decimals(0)))
	}
	if outage(d) {
		list = append(list,
			plain("after 1 s", late, storm.Median, page.Decimals(0)),
			share("of alone %", late),
			plain("after 2 s", later, storm.Median, page.Decimals(0)),
			share("of alone %", later),
			plain("probes", probes, storm.Median, page.Decimals(0)),
			plain("half know s", half, storm.Median, page.Decimals(2)),
			plain("all know s", all, storm.Median, page.Decimals(2)))
	}
	if d.Rolling {
		list = append(list, plain("attempts of a new one", fresh, storm.Median, page.Decimals(1)))
	}
	if d.Ends {
		list = append(list,
			plain("recovery s", recovery, storm.Median, page.Seconds),
			plain("worst", recovery, largest, page.Seconds))
	}
	return append(list,
		plain("wrong openings", wrong, largest, page.Decimals(0)),
		plain("wrong rejections", denied, largest, page.Decimals(0)),
		plain("messages/s before", quiet, storm.Median, messages),
		plain("in it", busy, storm.Median, messages))
}

// outage reports whether there is something to know of in a drill: a host that
// is down for longer than a blip.
func outage(d storm.Drill) bool { return d.Ends }

func least(values []float64) float64   { return slices.Min(append(values, math.Inf(1))) }
func largest(values []float64) float64 { return slices.Max(append(values, math.Inf(-1))) }

// percent writes a share of 1.
func percent(v float64) string { return page.Decimals(1)(100 * v) }

// messages are none where there is no engine.
func messages(v float64) string {
	if v == 0 {
		return page.None
	}
	return page.Decimals(0)(v)
}
