package workflowkit

import (
	"reflect"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// inputsPlan is how the inputs of an action are made in a run. All that no ref is in has been made with the workflow.
type inputsPlan struct {
	// dynamic are the inputs with refs, in order.
	dynamic []dynamicInput
	// tail is the text behind the last of them: the whole of the inputs if there is none.
	tail []byte
	// literals is a struct of the handler's input type in which the inputs without refs are set. It is invalid if the inputs
	// have no places in one, and never modified.
	literals reflect.Value
}

// dynamicInput is an input with refs. It repeats what every pass needs of the input.
type dynamicInput struct {
	// before is the text of the JSON object between the value of the input with refs that stands before, and this one's.
	before []byte
	// check is the input's description.
	check *compiledInput
	// whole is the value if that is one ref, and text if it is a text with refs. Both are nil for other values.
	whole *refs.Path
	text  *refs.Template
	// field is the place in the handler's input type.
	field int
	// input is the place among the action's inputs.
	input int
}

// size is the length of the texts.
func (p *inputsPlan) size() int {
	n := len(p.tail)
	for k := range p.dynamic {
		n += len(p.dynamic[k].before)
	}
	return n
}

// planInputs plans the inputs of an action of some kind.
func planInputs(inputs []plannedInput, kind *registered) inputsPlan {
	var plan inputsPlan
	var fields []int
	plan.literals, fields = kind.flat.literals(inputs)
	text, start := []byte{'{'}, 0
	var ends []int
	for k := range inputs {
		input := &inputs[k]
		if k > 0 {
			text = append(text, ',')
		}
		text = input.appendKey(text)
		if literal, ok := input.value.(literalProgram); ok {
			text = append(text, literal.text...)
			continue
		}
		dynamic := dynamicInput{check: input.check, input: k}
		if fields != nil {
			dynamic.field = fields[k]
		}
		if template, ok := input.value.(templateProgram); ok {
			if dynamic.whole, ok = template.template.Whole(); !ok {
				dynamic.text = template.template
			}
		}
		plan.dynamic, ends = append(plan.dynamic, dynamic), append(ends, len(text))
	}
	text = append(text, '}')
	for k, end := range ends {
		plan.dynamic[k].before, start = text[start:end:end], end
	}
	plan.tail = text[start:]
	return plan
}
