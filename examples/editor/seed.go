package main

import (
	"context"
	"embed"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// drawings are the workflows that are there at the start.
//
//go:embed workflows/*.json
var drawings embed.FS

// seed stores the workflows that are there at the start.
func seed(ctx context.Context, workflows store.Workflows) error {
	for _, sample := range []struct{ file, name, description, trigger string }{
		{"digest.json", "Digest", "Summarizes an article, and tells people about long ones at once.", "article.written"},
		{"welcome.json", "Welcome", "Greets a new author, and asks again after a day.", "author.joined"},
	} {
		definition, err := drawings.ReadFile("workflows/" + sample.file)
		if err != nil {
			return err
		}
		enabled := true
		w, err := workflows.CreateWorkflow(ctx, store.Settings{
			Name: &sample.name, Description: &sample.description, Trigger: &sample.trigger, Enabled: &enabled,
		})
		if err != nil {
			return fmt.Errorf("sample %q: %w", sample.name, err)
		}
		v, err := workflows.SaveVersion(ctx, w.ID, store.Save{Definition: definition, Author: "example", Note: "As it came"})
		if err != nil {
			return fmt.Errorf("sample %q: %w", sample.name, err)
		}
		if _, err := workflows.PublishVersion(ctx, w.ID, v.Number); err != nil {
			return fmt.Errorf("sample %q: %w", sample.name, err)
		}
	}
	return nil
}
