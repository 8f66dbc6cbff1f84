package cms_test

import (
	"html"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
)

var labelText = regexp.MustCompile(`<g class="label"><title>[^<]*</title><text[^>]*>([^<]*)</text>`)

func TestDrawing(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		definition string
		labels     []string
	}{
		"no definition":       {`null`, nil},
		"what is no workflow": {`[]`, nil},
		"conditions": {
			`{"actions":[{"id":"1","kind":"builtin:if"},{"id":"2","kind":"a"},{"id":"3","kind":"b"},{"id":"4","kind":"c"},{"id":"5","kind":"d"}],"edges":[
			{"from":"$source","to":"1"},{"from":"1","to":"2","conditional":{"type":"if","ref":"!ref($.output.result)"}},
			{"from":"1","to":"3","conditional":{"type":"else","ref":"!ref($.output.result)"}},
			{"from":"1","to":"4","conditional":{"type":"match","ref":"!ref($.state.1)","value":{"a":1}}},
			{"from":"1","to":"5","name":"Named","conditional":{"type":"if","ref":"x"}}]}`,
			[]string{"if output.result", "not output.result", `state.1 = {"a":1}`, "Named"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svg := cms.Draw(tc.definition)
			var labels []string
			for _, label := range labelText.FindAllStringSubmatch(svg, -1) {
				labels = append(labels, html.UnescapeString(label[1]))
			}
			if diff := cmp.Diff(tc.labels, labels); diff != "" {
				t.Errorf("labels (-want +got):\n%s\n%s", diff, svg)
			}
		})
	}
}
