package workflowkit

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/mask"
)

// secretIndex finds secrets in texts, in time that does not grow with how many there are. The zero value is empty.
type secretIndex struct {
	texts map[string]struct{}
	// lengths are those of the secrets that begin with some bytes, the longest first.
	lengths map[[minSecret]byte][]int
}

// add adds a secret of at least [minSecret] bytes, and reports whether it is new.
func (x *secretIndex) add(secret string) bool {
	if _, known := x.texts[secret]; known {
		return false
	}
	if x.texts == nil {
		x.texts, x.lengths = map[string]struct{}{}, map[[minSecret]byte][]int{}
	}
	x.texts[secret] = struct{}{}
	start := [minSecret]byte([]byte(secret[:minSecret]))
	if lengths := x.lengths[start]; !slices.Contains(lengths, len(secret)) {
		lengths = append(lengths, len(secret))
		slices.SortFunc(lengths, func(a, b int) int { return b - a })
		x.lengths[start] = lengths
	}
	return true
}

// addSpellings adds a secret in all its spellings, and reports whether it is new.
func (x *secretIndex) addSpellings(secret string) bool {
	if !x.add(secret) {
		return false
	}
	for _, spelling := range spellings(secret)[1:] {
		x.add(spelling)
	}
	return true
}

// match returns the length of the longest secret that a text begins with.
func (x *secretIndex) match(text string) int {
	if len(text) < minSecret {
		return 0
	}
	for _, n := range x.lengths[[minSecret]byte([]byte(text[:minSecret]))] {
		if n <= len(text) {
			if _, ok := x.texts[text[:n]]; ok {
				return n
			}
		}
	}
	return 0
}

// clean replaces the secrets in a text, those that overlap together.
func (x *secretIndex) clean(text string) string {
	var out strings.Builder
	rest := 0
	for i := 0; i+minSecret <= len(text); {
		if strings.HasPrefix(text[i:], mask.Secret) { // a secret may be a part of what stands for secrets
			i += len(mask.Secret)
			continue
		}
		n := x.match(text[i:])
		if n == 0 {
			i++
			continue
		}
		end := i + n
		for k := i + 1; k < end; k++ {
			end = max(end, k+x.match(text[k:]))
		}
		out.WriteString(text[rest:i])
		out.WriteString(mask.Secret)
		rest, i = end, end
	}
	if rest == 0 {
		return text
	}
	out.WriteString(text[rest:])
	return out.String()
}

// cleanJSON replaces the secrets in the texts and numbers of a JSON text.
func (x *secretIndex) cleanJSON(text json.RawMessage) json.RawMessage {
	if len(x.texts) == 0 {
		return text
	}
	// Without escapes, a secret stands there as it is.
	if plain := string(text); !strings.Contains(plain, `\`) && x.clean(plain) == plain {
		return text
	}
	var order jsonvalue.Order
	value, err := jsonvalue.Decode(text, &order)
	if err != nil {
		return jsonvalue.AppendString(nil, mask.Secret)
	}
	cleaned, changed := x.cleanValue(value)
	if !changed {
		return text
	}
	out, err := jsonvalue.Append(nil, cleaned, &order, maxLiteral)
	if err != nil {
		return jsonvalue.AppendString(nil, mask.Secret)
	}
	return out
}

// cleanValue is cleanJSON for a decoded value, which is not used any more, and reports whether it has replaced anything.
func (x *secretIndex) cleanValue(value any) (cleaned any, changed bool) {
	switch v := value.(type) {
	case string:
		text := x.clean(v)
		return text, text != v
	case json.Number:
		if _, secret := x.texts[v.String()]; secret {
			return mask.Secret, true
		}
	case []any:
		for i := range v {
			item, other := x.cleanValue(v[i])
			v[i], changed = item, changed || other
		}
		return v, changed
	case map[string]any:
		for name, member := range v {
			member, other := x.cleanValue(member)
			if other {
				v[name], changed = member, true
			}
		}
		return v, changed
	}
	return value, false
}
