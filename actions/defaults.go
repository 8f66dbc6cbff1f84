package actions

import (
	"errors"
	"strings"
)

// ErrUnknownTask says that a text model does not know a task.
var ErrUnknownTask = errors.New("task is not supported")

// What the actions do where a workflow does not say otherwise.
const (
	DefaultTOCHeading      = "Table of Contents"
	DefaultTOCDepth        = 3
	DefaultLinkedInPosts   = 1
	DefaultTweets          = 2
	DefaultApprovalTimeout = "1d"
)

func (t TableOfContents) withDefaults() TableOfContents {
	if t.Heading = strings.Join(strings.Fields(t.Heading), " "); t.Heading == "" {
		t.Heading = DefaultTOCHeading
	}
	if t.MaxDepth == 0 {
		t.MaxDepth = DefaultTOCDepth
	}
	return t
}

func (t LinkedInPosts) withDefaults() LinkedInPosts {
	if t.Number == 0 {
		t.Number = DefaultLinkedInPosts
	}
	return t
}

func (t Tweets) withDefaults() Tweets {
	if t.Number == 0 {
		t.Number = DefaultTweets
	}
	return t
}
