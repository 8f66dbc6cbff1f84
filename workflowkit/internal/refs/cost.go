package refs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/theory/jsonpath"
)

// cost collects what makes a query expensive.
type cost struct {
	descendants int
	// selectors is the product of the numbers of selectors in lists, or 0 if there is no list.
	selectors int
	// absolute says that a filter looks at more than one place from the root for each item.
	absolute bool
	wild     bool
	// terms is how much filters do for each item, and roots are the places that they look at from the root.
	terms int
	roots []*Path
	err   error
}

func (c *cost) descend() {
	c.descendants++
	c.wild = true
}

// bracket looks at what stands in brackets, unless it is a name or an index.
func (c *cost) bracket(inner string) {
	bare := withoutQuotes(inner)
	if strings.Contains(bare, "?") {
		c.terms += filterTerms(bare)
	}
	c.descendants += strings.Count(bare, "..")
	c.wild = c.wild || strings.ContainsAny(bare, "*?") || c.descendants > 0
	if n := strings.Count(bare, ",") + 1; n > 1 {
		c.selectors = min(max(c.selectors, 1)*n, maxSelectors+1)
	}
	if strings.Contains(bare, "$") {
		c.absolute = c.absolute || strings.ContainsAny(bare, "*:,") || strings.Contains(bare, "..") || strings.Count(bare, "?") > 1
		roots, err := absolutePaths(inner)
		c.roots, c.err = append(c.roots, roots...), errors.Join(c.err, err)
	}
}

// check refuses queries whose cost can grow faster than the data.
func (c *cost) check() error {
	switch {
	case c.descendants > 1:
		return errors.New("path has more than one descendant segment (..)")
	case c.selectors > maxSelectors:
		return fmt.Errorf("the lists of the path make more than %d selectors", maxSelectors)
	case c.absolute:
		return errors.New("a filter may look at a single place only from the root ($), without wildcards, slices, lists or filters")
	case c.terms > maxFilterTerms:
		return fmt.Errorf("the filters of the path look at more than %d places, or have as many operations", maxFilterTerms)
	}
	return c.err
}

// withoutQuotes removes the strings from the text of a query.
func withoutQuotes(text string) string {
	if !strings.ContainsAny(text, `'"`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\'' && c != '"' {
			b.WriteByte(c)
			continue
		}
		for i++; i < len(text) && text[i] != c; i++ {
			if text[i] == '\\' {
				i++
			}
		}
	}
	return b.String()
}

// parseQuery reads a query in the form of RFC 9535.
func parseQuery(text string) (query *jsonpath.Path, err error) {
	defer func() {
		// The text is a stranger's: a fault of the parser must not end the process.
		if r := recover(); r != nil {
			query, err = nil, fmt.Errorf("path cannot be read: %v", r)
		}
	}()
	query, err = queries().Parse(withBoundedFunctions(text))
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), bounded, "")) //nolint:err113 // the parser's, with the name of the function that was written
	}
	return query, err
}
