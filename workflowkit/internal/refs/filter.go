package refs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

const (
	// maxFilterTerms is how many places filters of a path may look at, for each item, and how many operations they may have.
	maxFilterTerms = 64
	// maxCompared is how large a value may be that filters look at from the root, in bytes of JSON: it is looked at anew for
	// each item.
	maxCompared = 4096
)

// ErrLargeFilter is the error of a filter that looks at too large a value from the root.
var ErrLargeFilter = fmt.Errorf("a filter looks at a value with more than %d bytes from the root ($)", maxCompared)

// filterTerms counts what the text of a filter, without strings, does for each item.
func filterTerms(bare string) int {
	terms := 0
	for _, sign := range []string{"@", "$", "||", "&&", "!", "=", "<", ">", "("} {
		terms += strings.Count(bare, sign)
	}
	return terms
}

// absolutePaths returns the paths from the root in what stands in brackets. It knows at least the segments that RFC 9535
// knows, and what that does not know is refused by its parser.
func absolutePaths(inner string) ([]*Path, error) {
	var paths []*Path
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; c {
		case '\'', '"':
			for i++; i < len(inner) && inner[i] != c; i++ {
				if inner[i] == '\\' {
					i++
				}
			}
		case '$':
			p := &pathParser{rest: inner[i+1:]}
			for {
				rest := strings.TrimLeft(p.rest, " \t\r\n")
				if !strings.HasPrefix(rest, ".") && !strings.HasPrefix(rest, "[") {
					break
				}
				p.rest = rest
				if err := p.segment(); err != nil {
					return nil, fmt.Errorf("at %q: %w", p.rest, err)
				}
			}
			if !p.plain() {
				return nil, errors.New("a filter may look at a single place only from the root ($)")
			}
			end := len(inner) - len(p.rest)
			paths = append(paths, &Path{text: inner[i:end], members: p.members})
			i = end - 1
		}
	}
	return paths, nil
}

// look returns what the path finds, or null. It fails if a filter would look at a large value for each item.
func (p *Path) look(view View) (any, error) {
	for _, absolute := range p.absolute {
		value, _ := absolute.Select(view)
		if _, err := jsonvalue.Append(nil, value, nil, maxCompared); err != nil {
			return nil, fmt.Errorf("ref %s: %w", clip(p.text), ErrLargeFilter)
		}
	}
	value, _ := p.Select(view)
	return value, nil
}
