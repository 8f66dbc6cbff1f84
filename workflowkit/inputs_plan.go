package workflowkit

import "github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"

// inputsPlan is how the inputs of an action are made in a run. All that no ref is in has been made with the workflow.
type inputsPlan struct {
	// dynamic are the inputs with refs, in order.
	dynamic []dynamicInput
	// tail is the text behind the last of them: the whole of the inputs if there is none.
	tail []byte
	// flat is the handler's input type, if the inputs have places in it.
	flat *flatInputs
}

// dynamicInput is an input with refs.
type dynamicInput struct {
	*plannedInput
	// before is the text of the JSON object between the value of the input with refs that stands before, and this one's.
	before []byte
	// text is the value, if that is a text with refs.
	text *refs.Template
	// field is the place in the handler's input type.
	field int
}

// planInputs plans the inputs of an action of some kind.
func planInputs(inputs []plannedInput, kind *registered) inputsPlan {
	plan := inputsPlan{flat: newFlatInputs(kind.flat, inputs)}
	text := []byte{'{'}
	for k := range inputs {
		input := &inputs[k]
		if k > 0 {
			text = append(text, ',')
		}
		text = append(text, input.key...)
		if literal, ok := input.value.(literalProgram); ok {
			text = append(text, literal.text...)
			continue
		}
		dynamic := dynamicInput{plannedInput: input, before: text, field: plan.flat.field(k)}
		if template, ok := input.value.(templateProgram); ok {
			dynamic.text = template.template
		}
		plan.dynamic = append(plan.dynamic, dynamic)
		text = nil
	}
	plan.tail = append(text, '}')
	return plan
}
