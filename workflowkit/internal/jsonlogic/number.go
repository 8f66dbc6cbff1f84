package jsonlogic

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// formatNumber writes a number as JavaScript's String does: the shortest digits that read back as the same number,
// without exponent from 1e-6 up to 1e21.
func formatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // minus zero too
	}
	if size := math.Abs(f); size >= 1e-6 && size < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	digits, exponent, _ := strings.Cut(text, "e")
	return digits + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// parseJSONNumber gives the number that JavaScript would hold after reading a JSON number: the nearest double.
func parseJSONNumber(n json.Number) float64 {
	s := string(n)
	if !isJSONNumber(s) {
		return math.NaN()
	}
	return parseDecimal(s)
}

// isJSONNumber reports whether s follows the grammar of numbers in RFC 8259.
func isJSONNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) == 0 || scanDecimal(s) != len(s) {
		return false
	}
	if digits[0] == '0' && len(digits) > 1 && isDigit(digits[1]) {
		return false
	}
	point := strings.IndexByte(digits, '.')
	return isDigit(digits[0]) && (point < 0 || point+1 < len(digits) && isDigit(digits[point+1]))
}

// textToNumber is JavaScript's conversion of a text to a number, as Number(text) does.
func textToNumber(s string) float64 {
	s = strings.TrimFunc(s, isSpace)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			return parseInteger(s[2:], 4)
		case 'o', 'O':
			return parseInteger(s[2:], 3)
		case 'b', 'B':
			return parseInteger(s[2:], 1)
		}
	}
	if scanDecimal(s) != len(s) {
		return math.NaN()
	}
	return parseDecimal(s)
}

// leadingNumber is JavaScript's parseFloat: the longest number that the text starts with, NaN without one.
func leadingNumber(s string) float64 {
	s = strings.TrimLeftFunc(s, isSpace)
	return parseDecimal(s[:scanDecimal(s)])
}

// parseDecimal parses what scanDecimal accepted.
func parseDecimal(s string) float64 {
	switch strings.TrimLeft(s, "+-") {
	case "":
		return math.NaN()
	case "Infinity":
		if s[0] == '-' {
			return math.Inf(-1)
		}
		return math.Inf(1)
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range gives the infinity that JavaScript gives
	return f
}

// parseInteger parses the digits of a hexadecimal, octal or binary literal, whose base is two to the power of bits.
func parseInteger(digits string, bits int) float64 {
	for i := range len(digits) {
		if digitValue(digits[i]) >= 1<<bits {
			return math.NaN()
		}
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits)*bits > 1100 { // far beyond the largest double, and too long to be read as an integer for nothing
		return math.Inf(1)
	}
	if digits == "" {
		return 0
	}
	whole, ok := new(big.Int).SetString(digits, 1<<bits)
	if !ok {
		return math.NaN()
	}
	f, _ := new(big.Float).SetInt(whole).Float64()
	return f
}

// scanDecimal returns the length of the longest prefix that is a decimal literal of JavaScript, zero without one.
func scanDecimal(s string) int {
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if strings.HasPrefix(s[i:], "Infinity") {
		return i + len("Infinity")
	}
	whole := scanDigits(s, i)
	end := whole
	if whole < len(s) && s[whole] == '.' {
		fraction := scanDigits(s, whole+1)
		end = fraction
		if whole == i && fraction == whole+1 {
			return 0 // a point without digits
		}
	} else if whole == i {
		return 0
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		start := end + 1
		if start < len(s) && (s[start] == '+' || s[start] == '-') {
			start++
		}
		if stop := scanDigits(s, start); stop > start {
			return stop
		}
	}
	return end
}

func scanDigits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digitValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

// isSpace reports whether JavaScript trims the character from a text that it reads as a number.
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
		return true
	}
	return r >= 0x2000 && r <= 0x200a
}
