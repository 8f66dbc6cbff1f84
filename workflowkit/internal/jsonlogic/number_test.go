package jsonlogic_test

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

func TestFormatNumberAsJavaScriptDoes(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"0": math.Copysign(0, -1), "1": 1, "-1.5": -1.5, "0.1": 0.1, "0.30000000000000004": 0.30000000000000004,
		"100": 100, "123456789012345680000": 123456789012345678901, "1e+21": 1e21, "1.5e+300": 1.5e300, "-1e+21": -1e21,
		"0.000001": 1e-6, "1e-7": 1e-7, "1.25e-7": 1.25e-7, "5e-324": 5e-324, "1.7976931348623157e+308": math.MaxFloat64,
		"9007199254740992": 1 << 53, "NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
	} {
		if got := jsonlogic.FormatNumber(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}

func TestFormattedNumbersReadBackAsThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		text := jsonlogic.FormatNumber(f)
		if got := jsonlogic.TextToNumber(text); got != f {
			t.Errorf("%v is %q and reads back as %v", f, text, got)
		}
		if got := jsonlogic.LeadingNumber(text + " of them"); got != f {
			t.Errorf("%v is %q and starts with %v", f, text, got)
		}
		if !math.IsInf(f, 0) && !jsonlogic.IsJSONNumber(text) {
			t.Errorf("%v is %q, which is not JSON", f, text)
		}
	})
}

// encoding/json follows the same rules as JavaScript for the spelling of numbers.
func TestNumbersAreSpelledAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Filter(func(f float64) bool { return f != 0 && !math.IsInf(f, 0) }).Draw(t, "f")
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := jsonlogic.FormatNumber(f); got != string(want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// Minus zero is written as 0, so that only a division tells it from zero. JSON.stringify loses it, hence no golden case.
func TestMinusZero(t *testing.T) {
	t.Parallel()
	for text, positive := range map[string]bool{
		`{"var":"z"}`:                   false,
		`{"-":[0]}`:                     false,
		`{"-":["-0"]}`:                  true,
		`{"*":[1,{"var":"z"}]}`:         true, // parseFloat reads the text "0"
		`{"*":[-1,0]}`:                  false,
		`{"*":[{"*":[-1,0]},1]}`:        true,
		`{"*":[-1,0,1]}`:                true,
		`{"+":[{"var":"z"}]}`:           true,
		`{"*":[{"var":"z"}]}`:           false, // the only argument is returned as it is
		`{"%":[-4,2]}`:                  false,
		`{"min":[0,{"var":"z"}]}`:       false,
		`{"max":[{"var":"z"},0]}`:       true,
		`{"max":[{"var":"z"}]}`:         false,
		`{"/":[{"var":"z"},5]}`:         false,
		`{"-":[{"var":"z"},0]}`:         false,
		`{"-":[{"var":"z"},{"-":[0]}]}`: true,
	} {
		rule := op("<", 0, op("/", 1, parse(t, text)))
		got, err := apply(rule, map[string]any{"z": json.Number("-0")})
		if err != nil || got != positive {
			t.Errorf("one divided by %s is positive: %v, error %v", text, got, err)
		}
	}
}

func TestTextToNumber(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	// The two columns are JavaScript's Number(text) and parseFloat(text).
	for text, want := range map[string][2]float64{
		"":                    {0, nan},
		" \t\r\n":             {0, nan},
		" 12\u00a0\ufeff":     {12, 12},
		"1\u0085":             {nan, 1},
		"1.":                  {1, 1},
		".5":                  {0.5, 0.5},
		".":                   {nan, nan},
		"-.5e1":               {-5, -5},
		"+5":                  {5, 5},
		"--5":                 {nan, nan},
		"1e":                  {nan, 1},
		"1e+":                 {nan, 1},
		"e5":                  {nan, nan},
		"1e400":               {math.Inf(1), math.Inf(1)},
		"-1e400":              {math.Inf(-1), math.Inf(-1)},
		"1e-400":              {0, 0},
		"Infinity":            {math.Inf(1), math.Inf(1)},
		"-Infinity":           {math.Inf(-1), math.Inf(-1)},
		"Infinityx":           {nan, math.Inf(1)},
		"infinity":            {nan, nan},
		"inf":                 {nan, nan},
		"NaN":                 {nan, nan},
		"1_000":               {nan, 1},
		"0x1F":                {31, 0},
		"0X1f":                {31, 0},
		"0xaAfF09":            {11206409, 0},
		"0xG":                 {nan, 0},
		"0x`":                 {nan, 0},
		"0x@":                 {nan, 0},
		"\u2000\u200a1\u3000": {1, 1},
		"\u200b1":             {nan, nan},
		"\u1fff1":             {nan, nan},
		"-0x1f":               {nan, 0},
		"0x":                  {nan, 0},
		"0xg":                 {nan, 0},
		"0x1p4":               {nan, 0},
		"0b101":               {5, 0},
		"0b2":                 {nan, 0},
		"0o17":                {15, 0},
		"0o8":                 {nan, 0},
		"017":                 {17, 17},
		"0x20000000000001":    {9007199254740992, 0},
		"0x20000000000003":    {9007199254740996, 0},
		"12 34":               {nan, 12},
		"3 kg":                {nan, 3},
		"1,2":                 {nan, 1},
		"9007199254740993":    {9007199254740992, 9007199254740992},
		"0.1e-1.5":            {nan, 0.01},
		"0x0000000000000000":  {0, 0},
	} {
		for i, got := range []float64{jsonlogic.TextToNumber(text), jsonlogic.LeadingNumber(text)} {
			if got != want[i] && !(math.IsNaN(got) && math.IsNaN(want[i])) {
				t.Errorf("%q: %v, want %v", text, got, want[i])
			}
		}
	}
}

func TestIsJSONNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "-0", "1", "-12.50", "1e5", "1E-5", "0.0e+0", "1e400", "9007199254740993"} {
		if !jsonlogic.IsJSONNumber(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range []string{
		"", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1", "Infinity", "-Infinity", "NaN", " 1", "1 ", "--1", "-+1", "1.e5",
	} {
		if jsonlogic.IsJSONNumber(text) {
			t.Errorf("%q is accepted", text)
		}
	}
}
