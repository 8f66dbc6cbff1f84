package actions

import "strings"

// unwrap removes what models put around a text although they are asked not to: blank lines, the markers of the prompt,
// and a code fence around everything. A text that was asked to be revised keeps its own line end.
func unwrap(answer string, prompt Prompt) string {
	answer = strings.ReplaceAll(answer, "\r\n", "\n")
	answer = trimBlank(answer)
	mark := prompt.mark()
	if inner, ok := strings.CutPrefix(answer, "<"+mark+">"); ok {
		answer = trimBlank(strings.TrimSuffix(trimBlank(inner), "</"+mark+">"))
	}
	if !strings.HasPrefix(fenceOf(trimBlank(prompt.Document)).char, "`") {
		answer = trimBlank(unfence(answer))
	}
	if answer == "" {
		return ""
	}
	if strings.HasSuffix(prompt.Document, "\n") && isRevision(prompt.Task) {
		answer += "\n"
	}
	if strings.Contains(prompt.Document, "\r\n") && isRevision(prompt.Task) {
		answer = strings.ReplaceAll(answer, "\n", "\r\n")
	}
	return answer
}

func isRevision(task Task) bool {
	switch task.(type) {
	case TableOfContents, GrammarReview:
		return true
	}
	return false
}

// trimBlank removes blank lines at both ends and spaces at the end. Spaces at the beginning may be code.
func trimBlank(s string) string {
	s = strings.TrimRight(s, " \t\r\n")
	for {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok || strings.TrimSpace(line) != "" {
			return s
		}
		s = rest
	}
}

// fence is the line that opens or closes a block of code.
type fence struct {
	// char is "`" or "~", or empty if the line is no fence.
	char string
	len  int
	info string
}

func fenceOf(text string) fence {
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimSpace(line)
	for _, char := range []string{"`", "~"} {
		rest := strings.TrimLeft(line, char)
		if n := len(line) - len(rest); n >= 3 && !strings.Contains(rest, "`") {
			return fence{char: char, len: n, info: strings.ToLower(strings.TrimSpace(rest))}
		}
	}
	return fence{}
}

// unfence removes a fence that encloses a whole text. Models use the same fence for the blocks inside, so that by the
// rules of Markdown the first of those would end it: what counts is that the blocks inside are complete without it.
func unfence(text string) string {
	outer := fenceOf(text)
	switch outer.info {
	case "", "markdown", "md", "mdx", "text", "txt":
	default:
		return text
	}
	lines := strings.Split(text, "\n")
	last := fenceOf(lines[len(lines)-1])
	if outer.char == "" || len(lines) < 2 || last.char != outer.char || last.len < outer.len || last.info != "" {
		return text
	}
	inner := lines[1 : len(lines)-1]
	var open fence
	for _, line := range inner {
		switch f := fenceOf(line); {
		case f.char == "":
		case open.char == "":
			// Without a language, a fence inside cannot be told from the end of a block that the text begins with.
			if f.info == "" && outer.info == "" && f.char == outer.char && f.len >= outer.len {
				return text
			}
			open = f
		case f.char == open.char && f.len >= open.len && f.info == "":
			open = fence{}
		}
	}
	if open.char != "" {
		return text
	}
	return strings.Join(inner, "\n")
}
