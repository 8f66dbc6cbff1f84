package actions

import "strings"

// MaxTweet is the greatest length of a tweet, as [TweetLength] counts.
const MaxTweet = 280

// TweetLength returns the length of a text as Twitter counts it: most letters of alphabets, and common punctuation,
// count one, all other characters two. Addresses, which Twitter counts as 23, count as they are written.
func TweetLength(s string) int {
	n := 0
	for _, r := range s {
		n += tweetWeight(r)
	}
	return n
}

func tweetWeight(r rune) int {
	switch {
	case r <= 4351, r >= 8192 && r <= 8205, r >= 8208 && r <= 8223, r >= 8242 && r <= 8247:
		return 1
	default:
		return 2
	}
}

// fitTweet puts a text and what has to stand below it into the length of a tweet, by shortening the text. What stands
// below is left out where it takes more than half of the room.
func fitTweet(text, below string) string {
	below = "\n\n" + below
	if below == "\n\n" || TweetLength(below) > MaxTweet/2 {
		below = ""
	}
	return shorten(text, MaxTweet-TweetLength(below)) + below
}

// shorten cuts a text to a length, at the end of a word if there is one near.
func shorten(s string, length int) string {
	s = strings.TrimSpace(s)
	if TweetLength(s) <= length {
		return s
	}
	const ellipsis = "…"
	room := length - TweetLength(ellipsis)
	end := 0
	for i, r := range s {
		if room -= tweetWeight(r); room < 0 {
			break
		}
		end = i + len(string(r))
	}
	cut := s[:end]
	if space := strings.LastIndexAny(cut, " \n"); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " \n.,;:!?-") + ellipsis
}
