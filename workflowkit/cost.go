package workflowkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Cost declares what an action does in one run, counting neither repeated attempts nor replays. The zero value says that
// it does nothing that costs.
type Cost struct {
	// Steps is how many step functions are executed, by [Step], [Do], [SendEvents] and announcements.
	Steps Range `json:"steps,omitzero"`
	// Waits is how often the action sleeps, waits for an event or invokes a function.
	Waits Range `json:"waits,omitzero"`
	// Announced is how many of the waits announce themselves; see [WaitForEventOpts].
	Announced Range `json:"announced,omitzero"`
	// Bytes is how much the results of its steps and waits are, as JSON, and so what each later call carries.
	Bytes Range `json:"bytes,omitzero"`
}

// Range is a number that is known to lie between two, both included. The zero value is 0.
type Range struct {
	// Min is the least.
	Min int
	// Max is the most. [Unbounded] means that it is not known.
	Max int
}

// Unbounded is the Max of a [Range] without an upper end.
const Unbounded = -1

// Exactly returns the range of a number that is known.
func Exactly(n int) Range { return Range{Min: n, Max: n} }

// Between returns the range from least to most.
func Between(least, most int) Range { return Range{Min: least, Max: most} }

// AtLeast returns the range without an upper end.
func AtLeast(n int) Range { return Range{Min: n, Max: Unbounded} }

// Contains reports whether n lies in the range.
func (r Range) Contains(n int) bool { return n >= r.Min && (r.Max == Unbounded || n <= r.Max) }

// String returns the range for people: "3", "1 to 3", or "at least 1".
func (r Range) String() string {
	switch {
	case r.Max == Unbounded:
		return fmt.Sprintf("at least %d", r.Min)
	case r.Min == r.Max:
		return strconv.Itoa(r.Min)
	}
	return fmt.Sprintf("%d to %d", r.Min, r.Max)
}

// rangeJSON is the form of a range in JSON: max is null if it is not known.
type rangeJSON struct {
	Min int  `json:"min"`
	Max *int `json:"max"`
}

// MarshalJSON implements [json.Marshaler]. A Max that is not known is null.
func (r Range) MarshalJSON() ([]byte, error) {
	out := rangeJSON{Min: r.Min, Max: &r.Max}
	if r.Max == Unbounded {
		out.Max = nil
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *Range) UnmarshalJSON(data []byte) error {
	var in rangeJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&in); err != nil {
		return fmt.Errorf("range: %w", err)
	}
	*r = AtLeast(in.Min)
	if in.Max != nil {
		r.Max = *in.Max
	}
	return nil
}

// plus returns the range of a sum.
func (r Range) plus(other Range) Range {
	sum := Range{Min: r.Min + other.Min, Max: Unbounded}
	if r.Max != Unbounded && other.Max != Unbounded {
		sum.Max = r.Max + other.Max
	}
	return sum
}

// or returns the range of a number that lies in one of two.
func (r Range) or(other Range) Range {
	out := Range{Min: min(r.Min, other.Min), Max: Unbounded}
	if r.Max != Unbounded && other.Max != Unbounded {
		out.Max = max(r.Max, other.Max)
	}
	return out
}

// minus returns the range of what is left when a part is taken away.
func (r Range) minus(part Range) Range {
	out := Range{Min: max(r.Min-part.Min, 0), Max: r.Max}
	if r.Max != Unbounded && part.Max != Unbounded {
		out.Max = max(r.Max-part.Max, out.Min)
	}
	return out
}

// max returns the range of the larger of two numbers.
func (r Range) max(other Range) Range {
	out := Range{Min: max(r.Min, other.Min), Max: Unbounded}
	if r.Max != Unbounded && other.Max != Unbounded {
		out.Max = max(r.Max, other.Max)
	}
	return out
}

// checkCost refuses a cost that contradicts itself or the promise never to wait.
func checkCost(spec *Spec) error {
	if spec.Cost == nil {
		return nil
	}
	var faults []error
	for _, part := range []struct {
		name  string
		value Range
	}{{"steps", spec.Cost.Steps}, {"waits", spec.Cost.Waits}, {"announced", spec.Cost.Announced}, {"bytes", spec.Cost.Bytes}} {
		if r := part.value; r.Min < 0 || r.Max != Unbounded && r.Max < r.Min {
			faults = append(faults, fmt.Errorf("cost: %s are %d to %d", part.name, r.Min, r.Max))
		}
	}
	waits, announced := spec.Cost.Waits, spec.Cost.Announced
	if spec.NeverWaits && waits.Max != 0 {
		faults = append(faults, fmt.Errorf("cost: %v waits of an action that never waits", waits))
	}
	if waits.Max != Unbounded && (announced.Max == Unbounded || announced.Max > waits.Max) {
		faults = append(faults, fmt.Errorf("cost: of %v waits, %v are announced", waits, announced))
	}
	return errors.Join(faults...)
}
