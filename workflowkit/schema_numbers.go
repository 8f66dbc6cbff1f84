package workflowkit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a number that is held to a schema, or stands in one. Schemas calculate with all digits of a number, and one
// with a short exponent can have millions of them, or more than can be calculated with. Doubles end at 1e308.
const (
	maxNumberText     = 1000
	maxNumberExponent = 1000
)

// isHugeNumber reports whether a number is beyond the bounds.
func isHugeNumber(n json.Number) bool {
	if len(n) > maxNumberText {
		return true
	}
	i := strings.IndexAny(string(n), "eE")
	if i < 0 {
		return false
	}
	exponent, err := strconv.Atoi(string(n[i+1:]))
	return err != nil || exponent > maxNumberExponent || exponent < -maxNumberExponent
}

// holdsHugeNumber reports whether there is a number beyond the bounds in a decoded value.
func holdsHugeNumber(value any) bool {
	switch v := value.(type) {
	case json.Number:
		return isHugeNumber(v)
	case []any:
		return slices.ContainsFunc(v, holdsHugeNumber)
	case map[string]any:
		for _, member := range v {
			if holdsHugeNumber(member) {
				return true
			}
		}
	}
	return false
}

// hugeNumbers returns the first places of a decoded value with numbers beyond the bounds, in a fixed order.
func hugeNumbers(value any) []fault {
	if !holdsHugeNumber(value) {
		return nil
	}
	var (
		faults []fault
		walk   func(value any, at []string)
	)
	walk = func(value any, at []string) {
		if len(faults) == maxFaults {
			return
		}
		switch v := value.(type) {
		case json.Number:
			if isHugeNumber(v) {
				faults = append(faults, fault{pointer: pointerOf(at), message: fmt.Sprintf(
					"got a number that is too long to calculate with, want at most %d characters and an exponent of at most %d",
					maxNumberText, maxNumberExponent)})
			}
		case []any:
			for i, item := range v {
				walk(item, append(at, strconv.Itoa(i)))
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name], append(at, name))
			}
		}
	}
	walk(value, nil)
	return faults
}
