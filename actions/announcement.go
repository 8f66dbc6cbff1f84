package actions

import (
	"fmt"
	"regexp"
	"strings"
)

// count renders a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func emojiRule(allowed bool) string {
	if allowed {
		return "Emojis are welcome."
	}
	return "Use no emojis."
}

// answerWithPosts says how an answer with several posts has to look.
func answerWithPosts(n int, noun string) string {
	rule := "Answer with the text of the " + noun
	if n > 1 {
		rule += "s, with a line that holds only " + PostSeparator + " between two of them,"
	}
	return rule + " and nothing else: no introduction, no numbers, no comments, no quotes and no code fence around it."
}

// ownLabel matches the number that models put before a post although they are asked not to.
var ownLabel = regexp.MustCompile(`(?i)^[-*#_ ]*(?:tweet|post|linkedin post)(?: number)? *#?\d+ *(?:/ *\d+)?[-*_: ]*\n*`)

// splitPosts cuts an answer into its posts, at most limit of them. An answer that ignores the separator is one post, and
// so is any answer where one was asked for.
func splitPosts(answer string, limit int) []string {
	posts := []string{}
	var current strings.Builder
	flush := func() {
		post := strings.TrimSpace(current.String())
		post = strings.TrimSpace(strings.TrimPrefix(post, ownLabel.FindString(post)))
		if post != "" && len(posts) < limit {
			posts = append(posts, post)
		}
		current.Reset()
	}
	for line := range strings.Lines(answer) {
		if limit > 1 && strings.TrimSpace(line) == PostSeparator {
			flush()
			continue
		}
		current.WriteString(line)
	}
	flush()
	return posts
}

// renderPosts returns posts as a Markdown text for the people who will publish them.
func renderPosts(posts []string, label, note string) string {
	var parts []string
	if note != "" {
		parts = append(parts, "_"+note+"_")
	}
	for i, post := range posts {
		switch {
		case label != "":
			parts = append(parts, fmt.Sprintf("**%s %d**", label, i+1))
		case i > 0:
			parts = append(parts, PostSeparator)
		}
		parts = append(parts, post)
	}
	return strings.Join(parts, "\n\n")
}
