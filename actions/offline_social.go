package actions

import (
	"strings"

	"github.com/workflowkit/workflowkit-go/actions/internal/markdown"
)

// maxSentences bounds what is read of a post to announce it: ten tweets of two sentences are the most.
const maxSentences = 24

// linkedInSentences is how many sentences of the post go into one post on LinkedIn.
const linkedInSentences = 3

// material is what the offline model makes announcements of.
type material struct {
	title     string
	headings  []string
	sentences []string
}

func materialOf(prompt Prompt) material {
	summary := markdown.Summarize(prompt.Document, maxSentences)
	m := material{title: oneLine(prompt.Title), headings: summary.Headings, sentences: summary.Sentences}
	if m.title == "" {
		m.title = summary.Title
	}
	if m.title == "" && len(m.sentences) > 0 {
		m.title, m.sentences = m.sentences[0], m.sentences[1:]
	}
	if m.title == "" && len(m.headings) > 0 {
		m.title, m.headings = m.headings[0], m.headings[1:]
	}
	return m
}

// linkedIn returns up to n posts: the first announces the article with its first sentences, each further one goes on
// where the one before stopped. There are fewer where the article is too short for more.
func (m material) linkedIn(n int) []string {
	opening := "New on the blog: " + m.title
	var posts []string
	for rest := m.sentences; len(posts) < n && (len(rest) > 0 || len(posts) == 0); {
		take := min(linkedInSentences, len(rest))
		parts := []string{opening}
		if take > 0 {
			parts = append(parts, strings.Join(rest[:take], " "))
		}
		if len(posts) == 0 && len(m.headings) > 0 {
			parts = append(parts, "In this article: "+strings.Join(m.headings[:min(5, len(m.headings))], ", ")+".")
		}
		posts = append(posts, strings.Join(append(parts, "Read the full article on the blog."), "\n\n"))
		opening, rest = "From our article “"+m.title+"”:", rest[take:]
	}
	return posts
}

// tweets returns up to n different tweets that fit: the title with the first sentences, then further sentences, then
// the sections. There are fewer where the article is too short for more.
func (m material) tweets(n int) []string {
	var (
		all  []string
		seen = make(map[string]bool)
	)
	add := func(text, below string) {
		if tweet := fitTweet(text, below); !seen[tweet] && len(all) < n {
			seen[tweet] = true
			all = append(all, tweet)
		}
	}
	first, from := "New post: "+m.title, "From: "+m.title
	if len(m.sentences) > 0 {
		first += "\n\n" + m.sentences[0]
	}
	add(first, "")
	for _, sentence := range m.sentences[min(1, len(m.sentences)):] {
		add(sentence, from)
	}
	for _, heading := range m.headings {
		add("On the blog: "+heading, from)
	}
	add("Now on the blog: "+m.title, "")
	add(m.title, "")
	return all
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
