package main

import (
	"context"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type article struct {
	Title string `json:"title" jsonschema:"title=Title,description=The headline of the article,minLength=1"`
	Text  string `json:"text" jsonschema:"title=Text,description=The article in Markdown" fieldType:"textarea"`
}

type summary struct {
	Text  string `json:"text" jsonschema:"title=Text,description=The first sentence of each paragraph"`
	Words int    `json:"words" jsonschema:"title=Words,description=How many words the article has"`
}

type notice struct {
	Channel string   `json:"channel" jsonschema:"title=Channel,enum=email,enum=chat,default=email"`
	To      []string `json:"to" jsonschema:"title=Recipients,minItems=1"`
	Message string   `json:"message" jsonschema:"title=Message" fieldType:"textarea"`
	Urgent  bool     `json:"urgent,omitempty" jsonschema:"title=Urgent"`
	Copies  int      `json:"copies,omitempty" jsonschema:"title=Copies,minimum=1,maximum=10,default=1"`
}

type delivery struct {
	Sent int `json:"sent" jsonschema:"title=Sent,description=How many messages were sent"`
}

type label struct {
	Labels map[string]string `json:"labels" jsonschema:"title=Labels"`
}

// actions are what people can put into their workflows.
func actions() []workflowkit.Action {
	return []workflowkit.Action{
		workflowkit.Define(workflowkit.Spec{Kind: "summarize", Name: "Summarize", Description: "Shortens an article"},
			func(ctx context.Context, _ *workflowkit.Run, in article) (summary, error) {
				return workflowkit.Step(ctx, "summarize", func(context.Context) (summary, error) {
					var first []string
					for paragraph := range strings.SplitSeq(in.Text, "\n\n") {
						sentence, _, _ := strings.Cut(paragraph, ". ")
						first = append(first, strings.TrimSpace(sentence))
					}
					return summary{Text: strings.Join(first, ". "), Words: len(strings.Fields(in.Text))}, nil
				})
			}),
		workflowkit.Define(workflowkit.Spec{Kind: "notify", Name: "Notify people", Description: "Sends a message"},
			func(ctx context.Context, run *workflowkit.Run, in notice) (delivery, error) {
				return workflowkit.Step(ctx, "send", func(context.Context) (delivery, error) {
					run.Logger().Info("message", "channel", in.Channel, "to", in.To, "text", in.Message)
					return delivery{Sent: len(in.To)}, nil
				})
			}),
		workflowkit.Define(workflowkit.Spec{Kind: "label", Name: "Label", Description: "Attaches labels to an article"},
			func(_ context.Context, _ *workflowkit.Run, in label) (label, error) { return in, nil }),
	}
}
