package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// Numbers of a few characters can have millions of digits, and a schema calculates with all of them.
var hugeNumbers = map[string]string{
	"positive exponent":      "1e1000001",
	"negative exponent":      "-1e-1000001",
	"slow to calculate with": "1e999999",
	"exponent beyond 64 bit": "1e99999999999999999999",
	"a million digits":       strings.Repeat("9", 1_000_000),
}

func withX(x string) json.RawMessage {
	return json.RawMessage(`{"actions":[{"id":"1","kind":"any","inputs":{"x":` + x + `}}],"edges":[{"from":"$source","to":"1"}]}`)
}

func TestHugeNumbersInInputsAreFindings(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{
		`{"minimum":3}`, `{"multipleOf":0.5}`, `{"type":"integer"}`, `{"enum":[1,2]}`, `{"const":{"a":1}}`,
		`{"items":{"exclusiveMaximum":9}}`, `{"uniqueItems":true}`,
	} {
		engine := anyInput(t, schema)
		for name, number := range hugeNumbers {
			t.Run(schema+" "+name, func(t *testing.T) {
				t.Parallel()
				if schema == `{"type":"integer"}` && !strings.ContainsAny(number, "e") {
					return // an integer, whatever its length: nothing is calculated
				}
				for _, value := range []string{number, `[1,` + number + `,1,` + number + `]`, `{"a":{"b/":` + number + `}}`} {
					problems := engine.Validate(withX(value))
					if len(problems) == 0 || problems[0].Code != workflowkit.CodeInputType || len(problems[0].Message) > 300 {
						t.Errorf("a literal: got %.300v", problems)
					}
					_, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test", Data: json.RawMessage(`{"x":` + value + `}`)},
						workflowkittest.WithWorkflow(string(withX(`"!ref($.event.data.x)"`))))
					var input *workflowkit.InputError
					if !errors.As(err, &input) || len(err.Error()) > 1000 {
						t.Errorf("a ref: got %.300v, want an InputError", err)
					}
				}
			})
		}
	}
}

func TestLongNumbersWithinTheBoundsKeepTheirDigits(t *testing.T) {
	t.Parallel()
	engine := anyInput(t, `{"minimum":3}`)
	for _, number := range []string{"9007199254740993", "1e308", "1E+1000", strings.Repeat("9", 1000), "3." + strings.Repeat("1", 900)} {
		if problems := engine.Validate(withX(number)); len(problems) > 0 {
			t.Errorf("%.30s: got %v", number, problems)
		}
	}
}

func TestHugeNumbersInSchemasAreRefused(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{`{"multipleOf":1e-1000001}`, `{"minimum":1e1000001}`, `{"maxItems":1e999999}`, `{"items":{"const":[1e1000001]}}`} {
		catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind":"k","inputs":{"x":{"type":` + schema + `}}}]`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = workflowkit.New(workflowkit.WithCatalog(catalog)); err == nil || !strings.Contains(err.Error(), "too long to calculate with") {
			t.Errorf("%s: got %v", schema, err)
		}
	}
}

// anyInput returns an engine with an action "any" whose input x has a schema.
func anyInput(t *testing.T, schema string) *workflowkit.Engine {
	t.Helper()
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.DefineUntyped(
		workflowkit.Spec{Kind: "any", Inputs: workflowkit.Inputs{{Name: "x", Type: json.RawMessage(schema)}}},
		func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil },
	)))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}
