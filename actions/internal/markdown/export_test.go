package markdown

// What is checked directly because a whole text would hide it.
var (
	FrontMatter = frontMatter
	Unescape    = unescape
	Escape      = escape
	SentencesOf = sentencesOf
)

// Slugs returns the anchors of headings in a row.
func Slugs(headings ...string) []string {
	var s slugs
	var all []string
	for _, h := range headings {
		all = append(all, s.next(h))
	}
	return all
}
