package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report is what was measured.
type report struct {
	Server    string    `json:"server"`
	InProcess bool      `json:"in_process"`
	Scenarios []figures `json:"scenarios"`
}

// figures are those of one scenario and variant. Times are in milliseconds.
type figures struct {
	Scenario string  `json:"scenario"`
	Variant  string  `json:"variant"`
	Runs     int     `json:"runs"`
	Together int     `json:"together"`
	Min      float64 `json:"min_ms"`
	Median   float64 `json:"median_ms"`
	P95      float64 `json:"p95_ms"`
	Max      float64 `json:"max_ms"`
	// CallsMedian and CallsMax are the HTTP calls to the app for a run.
	CallsMedian int `json:"calls_median"`
	CallsMax    int `json:"calls_max"`
	// Throughput is runs a second from the first event to the end of the last run, in the best batch.
	Throughput float64 `json:"runs_per_second"`
	// Approvals is how many a run needed at the most.
	Approvals int `json:"approvals_max"`
	// Ratio is the median as a part of that of the function written by hand. It is zero for that one.
	Ratio float64 `json:"ratio,omitempty"`
}

// add adds the figures of a scenario.
func (r *report) add(s scenario, batches map[string][]batch) {
	engine, hand := summarise(s, engineVariant, batches[engineVariant]), summarise(s, handVariant, batches[handVariant])
	engine.Ratio = engine.Median / hand.Median
	r.Scenarios = append(r.Scenarios, engine, hand)
}

func summarise(s scenario, variant string, batches []batch) figures {
	out := figures{Scenario: s.name, Variant: variant, Together: s.together}
	var times []time.Duration
	var calls []int
	for _, b := range batches {
		for _, sample := range b.samples {
			times, calls = append(times, sample.took), append(calls, sample.calls)
			out.Approvals = max(out.Approvals, sample.approvals)
		}
		out.Throughput = max(out.Throughput, float64(len(b.samples))/b.took.Seconds())
	}
	slices.Sort(times)
	slices.Sort(calls)
	out.Runs = len(times)
	at := func(part float64) float64 {
		return float64(times[int(part*float64(len(times)-1))]) / float64(time.Millisecond)
	}
	out.Min, out.Median, out.P95, out.Max = at(0), at(0.5), at(0.95), at(1)
	out.CallsMedian, out.CallsMax = calls[len(calls)/2], calls[len(calls)-1]
	return out
}

// writeTable writes the report for people.
func (r *report) writeTable(out io.Writer) error {
	where := r.Server
	if r.InProcess {
		where += " (in this process)"
	}
	if _, err := fmt.Fprintf(out, "Inngest at %s\n\n", where); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "scenario\tvariant\truns\tmin ms\tmedian ms\tp95 ms\tcalls\tat most\truns/s\tapprovals\tratio\t")
	for _, f := range r.Scenarios {
		ratio := ""
		if f.Ratio > 0 {
			ratio = fmt.Sprintf("%.3f", f.Ratio)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%d\t%d\t%.1f\t%d\t%s\t\n",
			f.Scenario, f.Variant, f.Runs, f.Min, f.Median, f.P95, f.CallsMedian, f.CallsMax, f.Throughput, f.Approvals, ratio)
	}
	return w.Flush() // also returns what the lines could not be written for
}
