package actions

import (
	"context"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// generate asks the text model, as a durable step, and logs who wrote the text.
func (b *blog) generate(ctx context.Context, run *workflowkit.Run, step string, prompt Prompt) (Text, error) {
	return workflowkit.Step(ctx, step, func(ctx context.Context) (Text, error) {
		text, err := b.model.Generate(ctx, prompt)
		if err != nil {
			return Text{}, fmt.Errorf("%s: %w", prompt.Task.TaskName(), err)
		}
		if strings.Trim(text.Content, " \t\r\n-") == "" {
			return Text{}, fmt.Errorf("%s: %w", prompt.Task.TaskName(), ErrNoAnswer)
		}
		logger := run.Logger().With("task", prompt.Task.TaskName(), "model", text.Model, "bytes", len(text.Content))
		if text.Note != "" {
			logger = logger.With("note", text.Note)
		}
		logger.InfoContext(ctx, "text generated")
		return text, nil
	})
}

// lines joins the parts of instructions that are not empty.
func lines(parts ...string) string {
	var all string
	for _, part := range parts {
		if part == "" {
			continue
		}
		if all != "" {
			all += "\n"
		}
		all += part
	}
	return all
}

// wishes renders what the author of a workflow asks for in words.
func wishes(instructions string) string {
	if instructions = clip(instructions, maxInstructions); instructions == "" {
		return ""
	}
	return "Also follow these instructions of the workflow's author: " + instructions
}

// maxInstructions bounds what the author of a workflow can add to a prompt, in runes.
const maxInstructions = 4000
