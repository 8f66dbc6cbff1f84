package jsonlogic_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// unitText is a text of code units, half pairs included, in both of its forms.
type unitText struct {
	units []uint16
	text  string
}

// drawUnits draws from few code units, so that texts often begin alike, contain one another and hold pairs.
func drawUnits(t *rapid.T, label string) unitText {
	units := rapid.SliceOfN(rapid.SampledFrom([]uint16{'a', 'b', 0xe9, 0x7ff, 0x800, 0xd83d, 0xde00, 0xde01, 0xd800, 0xdfff, 0xe000, 0xffff}), 0, 8).Draw(t, label)
	return unitText{units, fromUnits(units)}
}

// fromUnits writes code units as the package keeps them: pairs as characters, halves as three bytes each.
func fromUnits(units []uint16) string {
	var b strings.Builder
	for i := 0; i < len(units); i++ {
		u := rune(units[i])
		if i+1 < len(units) {
			if r := utf16.DecodeRune(u, rune(units[i+1])); r != 0xfffd {
				b.WriteRune(r)
				i++
				continue
			}
		}
		if utf16.IsSurrogate(u) {
			b.Write([]byte{0xed, byte(0x80 | u>>6&0x3f), byte(0x80 | u&0x3f)})
			continue
		}
		b.WriteRune(u)
	}
	return b.String()
}

func TestTextsBehaveAsCodeUnits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawUnits(t, "a"), drawUnits(t, "b")
		if got := jsonlogic.UnitLen(a.text); got != len(a.units) {
			t.Errorf("length %d, want %d", got, len(a.units))
		}
		start := rapid.IntRange(0, len(a.units)).Draw(t, "start")
		end := rapid.IntRange(start, len(a.units)).Draw(t, "end")
		if got, want := jsonlogic.UnitSlice(a.text, start, end), fromUnits(a.units[start:end]); got != want {
			t.Errorf("slice from %d to %d of %x: %x, want %x", start, end, a.units, got, want)
		}
		if got, want := sign(jsonlogic.CompareText(a.text, b.text)), slices.Compare(a.units, b.units); got != want {
			t.Errorf("%x against %x: %d, want %d", a.units, b.units, got, want)
		}
		joined := string(jsonlogic.AppendText([]byte(a.text), b.text))
		if want := fromUnits(slices.Concat(a.units, b.units)); joined != want {
			t.Errorf("%x and %x joined: %x, want %x", a.units, b.units, joined, want)
		}
		if got, want := jsonlogic.ContainsText(a.text, b.text), containsUnits(a.units, b.units); got != want {
			t.Errorf("%x in %x: %v, want %v", b.units, a.units, got, want)
		}
	})
}

func TestHalfPairsAreOrderedAsCodeUnits(t *testing.T) {
	t.Parallel()
	ascending := [][]uint16{{}, {'a'}, {'a', 'b'}, {0x7ff}, {0xd83c, 0xffff}, {0xd83d}, {0xd83d, 'a'}, {0xd83d, 0xde00}, {0xd83d, 0xde01}, {0xd83d, 0xe000}, {0xde00}, {0xe000}, {0xffff}}
	for i, a := range ascending {
		for j, b := range ascending {
			if got := sign(jsonlogic.CompareText(fromUnits(a), fromUnits(b))); got != sign(i-j) {
				t.Errorf("%x against %x: %d", a, b, got)
			}
		}
	}
}

func TestHalfPairsJoinAtTheEdgesOfTheirRanges(t *testing.T) {
	t.Parallel()
	for _, high := range []uint16{0xd7ff, 0xd800, 0xdbff, 0xdc00} {
		for _, low := range []uint16{0xdbff, 0xdc00, 0xdfff, 0xe000} {
			got := string(jsonlogic.AppendText([]byte(fromUnits([]uint16{'a', high})), fromUnits([]uint16{low, 'b'})))
			if want := fromUnits([]uint16{'a', high, low, 'b'}); got != want {
				t.Errorf("%x and %x: %x, want %x", high, low, got, want)
			}
		}
	}
}

// A part of a text is found in it wherever it was cut.
func TestTextContainsItsParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawUnits(t, "a")
		start := rapid.IntRange(0, len(a.units)).Draw(t, "start")
		end := rapid.IntRange(start, len(a.units)).Draw(t, "end")
		if !jsonlogic.ContainsText(a.text, jsonlogic.UnitSlice(a.text, start, end)) {
			t.Errorf("%x does not contain its units from %d to %d", a.units, start, end)
		}
	})
}

func containsUnits(s, part []uint16) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if slices.Equal(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// Texts that are not valid in any encoding come from Go programs only; they must do no harm.
func TestInvalidTextDoesNoHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := string(rapid.SliceOf(rapid.SampledFrom([]byte{'a', 0xed, 0xa0, 0xbd, 0x80, 0xb8, 0xf0, 0x9f, 0xff})).Draw(t, "a"))
		b := string(rapid.SliceOf(rapid.SampledFrom([]byte{'a', 0xed, 0xa0, 0xbd, 0x80, 0xb8, 0xf0, 0x9f, 0xff})).Draw(t, "b"))
		n := jsonlogic.UnitLen(a)
		for i := range n + 1 {
			_ = jsonlogic.UnitSlice(a, i, n)
		}
		if jsonlogic.CompareText(a, a) != 0 {
			t.Errorf("%x is not itself", a)
		}
		_ = jsonlogic.CompareText(a, b)
		_ = jsonlogic.ContainsText(a, b)
		_ = jsonlogic.AppendText([]byte(a), b)
	})
}
