package jsonlogic

import (
	"strings"
	"unicode/utf8"
)

// JavaScript counts, cuts and orders text by UTF-16 code units. Texts stay Go strings here; a surrogate that was cut
// from its pair is kept as the three bytes that UTF-8 would give it if it could ("WTF-8"), so that putting the halves
// together again gives the character again.

const (
	surrogateMin = 0xd800
	lowMin       = 0xdc00
	surrogateEnd = 0xe000
	pairMin      = 0x10000
)

// decode reads the first character of s: a code point, or a surrogate on its own.
func decode(s string) (r rune, size int) {
	if len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2]&0xc0 == 0x80 {
		return surrogateMin + rune(s[1]-0xa0)<<6 + rune(s[2]&0x3f), 3
	}
	return utf8.DecodeRuneInString(s)
}

// appendUnit appends one code unit.
func appendUnit(b []byte, unit rune) []byte {
	if unit < surrogateMin || unit >= surrogateEnd {
		return utf8.AppendRune(b, unit)
	}
	return append(b, 0xed, byte(0x80|unit>>6&0x3f), byte(0x80|unit&0x3f))
}

// units splits a character into its code units; low is zero for a character of one unit.
func units(r rune) (first, low rune) {
	if r < pairMin {
		return r, 0
	}
	r -= pairMin
	return surrogateMin + r>>10, lowMin + r&0x3ff
}

// appendText appends a text, joining a pair of surrogates that meet at the seam.
func appendText(b []byte, s string) []byte {
	if len(b) < 3 || len(s) < 3 || s[0] != 0xed || b[len(b)-3] != 0xed {
		return append(b, s...)
	}
	high, _ := decode(string(b[len(b)-3:]))
	low, size := decode(s)
	if high < surrogateMin || high >= lowMin || low < lowMin || low >= surrogateEnd {
		return append(b, s...)
	}
	b = utf8.AppendRune(b[:len(b)-3], pairMin+(high-surrogateMin)<<10+(low-lowMin))
	return append(b, s[size:]...)
}

// isASCII reports whether bytes and code units are the same thing in s.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unitLen is the length of a text in JavaScript.
func unitLen(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for len(s) > 0 {
		r, size := decode(s)
		s = s[size:]
		n++
		if r >= pairMin {
			n++
		}
	}
	return n
}

// unitSlice returns the code units from start up to end, which are within the text.
func unitSlice(s string, start, end int) string {
	if start >= end {
		return ""
	}
	if isASCII(s) {
		return s[start:end]
	}
	var out []byte
	for at := 0; len(s) > 0 && at < end; {
		r, size := decode(s)
		first, low := units(r)
		whole := low == 0 || at >= start && at+1 < end
		switch {
		case at >= start && whole:
			out = append(out, s[:size]...)
		case at >= start:
			out = appendUnit(out, first)
		case low != 0 && at+1 >= start:
			out = appendUnit(out, low)
		}
		s = s[size:]
		at++
		if low != 0 {
			at++
		}
	}
	return string(out)
}

// compareText orders texts by code units.
func compareText(a, b string) int {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	for same > 0 && (same < len(a) && !utf8.RuneStart(a[same]) || same < len(b) && !utf8.RuneStart(b[same])) {
		same--
	}
	if same == len(a) || same == len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(splitPairs(a[same:], 2), splitPairs(b[same:], 2))
}

// splitPairs writes the first characters of s, all for a negative count, with each surrogate on its own. In that
// form bytes have the order of code units.
func splitPairs(s string, count int) string {
	out := make([]byte, 0, 16)
	for ; len(s) > 0 && count != 0; count-- {
		r, size := decode(s)
		first, low := units(r)
		out = appendUnit(out, first)
		if low != 0 {
			out = appendUnit(out, low)
		}
		s = s[size:]
	}
	return string(out)
}

// containsText reports whether needle is found in s, half characters included.
func containsText(s, needle string) bool {
	if utf8.ValidString(needle) {
		return strings.Contains(s, needle)
	}
	return strings.Contains(splitPairs(s, -1), splitPairs(needle, -1))
}
