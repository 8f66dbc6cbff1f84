package jsonlogic

import (
	"fmt"
	"strings"
)

// suggest says what a writer who used an unknown operator may have meant. It is empty when nothing comes near.
func suggest(name string) string {
	if name == "method" {
		return `methods of JavaScript objects cannot be called here`
	}
	if len(name) > 32 {
		return ""
	}
	if meant := meaning(strings.ToLower(name)); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	best, least := "", len(name)/2+1
	if least > 3 {
		least = 3
	}
	for _, candidate := range operatorNames() {
		if d := distance(strings.ToLower(name), candidate); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// meaning knows the names that other languages have for the operators.
func meaning(name string) string {
	switch name {
	case "=", "eq", "equal", "equals", "is":
		return "=="
	case "<>", "=!", "ne", "neq", "not_equal", "notequals":
		return "!="
	case "gt", "greater", "greater_than":
		return ">"
	case "gte", "ge", "=>":
		return ">="
	case "lt", "less", "less_than", "between":
		return "<"
	case "lte", "le", "=<":
		return "<="
	case "not":
		return "!"
	case "&&", "&":
		return "and"
	case "||", "|":
		return "or"
	case "concat", "join":
		return "cat"
	case "substring", "slice":
		return "substr"
	case "contains", "includes":
		return "in"
	case "any", "exists":
		return "some"
	case "every", "each":
		return "all"
	case "mod":
		return "%"
	case "add", "sum", "plus":
		return "+"
	case "sub", "subtract", "minus":
		return "-"
	case "mul", "multiply", "times":
		return "*"
	case "div", "divide":
		return "/"
	case "then", "else", "case", "cond", "ternary":
		return "if"
	case "get", "path", "ref", "variable":
		return "var"
	}
	return ""
}

// distance is the number of characters to insert, remove or replace to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
