package actions_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
)

func TestUnwrap(t *testing.T) {
	t.Parallel()
	revision := actions.Prompt{Task: actions.GrammarReview{}, Document: "# T\n\ntext"}
	for name, tc := range map[string]struct {
		answer, want string
		prompt       actions.Prompt
	}{
		"nothing around":                        {"# T", "# T", revision},
		"blank lines":                           {"\n\n# T\n\n", "# T", revision},
		"the line end of the post":              {"# T", "# T\n", actions.Prompt{Task: actions.GrammarReview{}, Document: "x\n"}},
		"the line ends of the post":             {"# T\n\nx", "# T\r\n\r\nx\r\n", actions.Prompt{Task: actions.TableOfContents{}, Document: "# T\r\n\r\nx\r\n"}},
		"no line end for other tasks":           {"A tweet", "A tweet", actions.Prompt{Task: actions.Tweets{}, Document: "x\n"}},
		"a fence":                               {"```\n# T\n```", "# T", revision},
		"a fence with a language":               {"```markdown\n# T\n\nx\n```\n", "# T\n\nx", revision},
		"a fence in capitals":                   {"```Markdown\n# T\n```", "# T", revision},
		"a fence of tildes":                     {"~~~md\n# T\n~~~", "# T", revision},
		"a longer fence":                        {"````markdown\n# T\n\n```\nx\n```\n````", "# T\n\n```\nx\n```", revision},
		"a fence around blocks with a language": {"```markdown\n# T\n```go\nx\n```\ny\n```", "# T\n```go\nx\n```\ny", revision},
		"a fence around blocks without one":     {"```markdown\n# T\n```\nx\n```\ny\n```", "# T\n```\nx\n```\ny", revision},
		"a plain fence around blocks":           {"```\n# T\n```go\nx\n```\ny\n```", "# T\n```go\nx\n```\ny", revision},
		"two blocks are not a fence":            {"```\na\n```\ntext\n```\nb\n```", "```\na\n```\ntext\n```\nb\n```", revision},
		"a block of code is not a fence":        {"```go\nx\n```", "```go\nx\n```", revision},
		"a block at the beginning":              {"```\na\n```\ntext", "```\na\n```\ntext", revision},
		"a block at the end":                    {"text\n```\na\n```", "text\n```\na\n```", revision},
		"a block left open":                     {"```markdown\n# T\n```go\nx\n```", "```markdown\n# T\n```go\nx\n```", revision},
		"a post that is a block":                {"```\nthe post\n```", "```\nthe post\n```", actions.Prompt{Task: actions.GrammarReview{}, Document: "```\nthee post\n```"}},
		"indented code at the beginning":        {"\n    code\n\ntext", "    code\n\ntext", revision},
		"only a fence":                          {"```\n```", "", revision},
		"nothing":                               {" \n ", "", revision},
		"an opening line alone":                 {"```", "```", revision},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, actions.Unwrap(tc.answer, tc.prompt)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}
