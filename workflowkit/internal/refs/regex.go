package refs

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/registry"
	"github.com/theory/jsonpath/spec"
)

// Bounds of a regular expression in a filter. The time to search a text is the product of both sizes.
const (
	maxRegexText = 256
	maxRegexSize = 500
	// maxRegexCache is how many are kept.
	maxRegexCache = 64
)

// The functions of RFC 9535 compile their regular expression anew for each item, whatever its size. These are called in
// their place.
const (
	bounded       = "bounded_"
	boundedMatch  = bounded + "match"
	boundedSearch = bounded + "search"
)

// newFunctions returns the functions that filters may call.
func newFunctions() *registry.Registry {
	functions := registry.New()
	for name, anchored := range map[string]bool{boundedMatch: true, boundedSearch: false} {
		as := functions.Get("search")
		err := functions.Register(name, spec.FuncLogical, as.Validate, func(args []spec.PathValue) spec.PathValue {
			text, isText := spec.ValueFrom(args[0]).Value().(string)
			pattern, isPattern := spec.ValueFrom(args[1]).Value().(string)
			if !isText || !isPattern {
				return spec.LogicalFalse
			}
			re := regexes.get(pattern, anchored)
			return spec.Logical(re != nil && re.MatchString(text))
		})
		if err != nil {
			panic(err) // a name that is taken, at the start of the process
		}
	}
	return functions
}

var queries = sync.OnceValue(func() *jsonpath.Parser { return jsonpath.NewParser(jsonpath.WithRegistry(newFunctions())) })

// withBoundedFunctions names the functions in the text of a query that are called in place of its own.
func withBoundedFunctions(text string) string {
	if !strings.Contains(text, "match") && !strings.Contains(text, "search") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			end := i + 1
			for end < len(text) && text[end] != c {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			b.WriteString(text[i:end])
			i = end
		case isWordByte(c):
			end := i
			for end < len(text) && isWordByte(text[end]) {
				end++
			}
			word := text[i:end]
			if end < len(text) && text[end] == '(' {
				switch word {
				case "match":
					word = boundedMatch
				case "search":
					word = boundedSearch
				}
			}
			b.WriteString(word)
			i = end
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

func isWordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// regexCache keeps compiled expressions. One that cannot be used is nil.
type regexCache struct {
	mu   sync.Mutex
	kept map[regexKey]*regexp.Regexp
}

type regexKey struct {
	pattern  string
	anchored bool
}

var regexes = regexCache{kept: map[regexKey]*regexp.Regexp{}}

func (c *regexCache) get(pattern string, anchored bool) *regexp.Regexp {
	if len(pattern) > maxRegexText {
		return nil
	}
	key := regexKey{pattern, anchored}
	c.mu.Lock()
	defer c.mu.Unlock()
	re, known := c.kept[key]
	if !known {
		if len(c.kept) >= maxRegexCache {
			clear(c.kept)
		}
		re = compileRegex(pattern, anchored)
		c.kept[key] = re
	}
	return re
}

// compileRegex compiles a regular expression as RFC 9485 has it, where a dot is no end of a line. It returns nil if that
// is not possible, or the expression is too large.
func compileRegex(pattern string, anchored bool) *regexp.Regexp {
	tree, err := syntax.Parse(pattern, syntax.Perl|syntax.DotNL)
	if err != nil || regexSize(tree) > maxRegexSize {
		return nil
	}
	withoutLineEnds(tree)
	pattern = tree.String()
	if anchored {
		pattern = `\A(?:` + pattern + `)\z`
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return re
}

// regexSize estimates how many instructions an expression makes: each repetition is written out.
func regexSize(re *syntax.Regexp) int {
	size := 1
	if re.Op == syntax.OpLiteral {
		size = len(re.Rune)
	}
	for _, sub := range re.Sub {
		size = min(size+regexSize(sub), maxRegexSize+1)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min, re.Max, 1)
	}
	return min(size, maxRegexSize+1)
}

// withoutLineEnds replaces the dots in an expression.
func withoutLineEnds(re *syntax.Regexp) {
	if re.Op == syntax.OpAnyChar {
		*re = syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{0, '\n' - 1, '\n' + 1, '\r' - 1, '\r' + 1, 0x10FFFF}}
		return
	}
	for _, sub := range re.Sub {
		withoutLineEnds(sub)
	}
}
