package workflowkit

import "encoding/json"

// Diff is how one state of a workflow differs from another. Its JSON form is the same whenever the two states are.
type Diff struct {
	// Workflow lists what has changed beside actions and edges: name, description, metadata and members that this
	// package does not know. It is never nil, as all lists in a diff.
	Workflow []FieldChange `json:"workflow"`
	// Actions are told apart by their ids.
	Actions ItemChanges `json:"actions"`
	// Edges are told apart by their "id" member, or else by "from->to"; see [Edge.ID].
	Edges ItemChanges `json:"edges"`
	// Reordered says that edges which are in both states follow each other in another order, so that branches start
	// in another order (rule 4).
	Reordered bool `json:"reordered"`
}

// ItemChanges are the changes of actions, or of edges. Added and changed ones are in the order of the new state,
// removed ones in that of the old state.
type ItemChanges struct {
	Added   []Item       `json:"added"`
	Removed []Item       `json:"removed"`
	Changed []ItemChange `json:"changed"`
}

// Item is an action or an edge that is in one of the two states only.
type Item struct {
	ID string `json:"id"`
	// Value is the JSON object of the action or the edge.
	Value json.RawMessage `json:"value"`
}

// ItemChange is an action or an edge that is different in the two states.
type ItemChange struct {
	ID string `json:"id"`
	// Fields are the places that differ, in the order of their paths.
	Fields []FieldChange `json:"fields"`
}

// FieldChange is a place where two JSON values differ.
type FieldChange struct {
	// Path is a JSON pointer (RFC 6901) into the action, the edge or the workflow.
	Path string `json:"path"`
	// Before is the value in the old state. Nil means that there was none, which is not the same as null.
	Before json.RawMessage `json:"before,omitempty"`
	// After is the value in the new state. Nil means that there is none.
	After json.RawMessage `json:"after,omitempty"`
}

// DiffWorkflows compares two states of a workflow. Values are compared as JSON: the order of members and the spelling
// of numbers do not count, and neither does the order of actions. A nil workflow is an empty one. Workflows that cannot
// run can be compared too: where several actions or edges have one id, equal ones are matched first, then the others
// in their order.
func DiffWorkflows(before, after *Workflow) *Diff {
	a, b := itemsOf(before), itemsOf(after)
	d := &Diff{Workflow: []FieldChange{}, Actions: newItemChanges(), Edges: newItemChanges()}
	d.Workflow = append(d.Workflow, fieldChanges(a.rest, b.rest)...)
	d.Actions.compare(a.actions, b.actions)
	d.Reordered = d.Edges.compare(a.edges, b.edges)
	return d
}

// Empty reports whether there is no difference.
func (d *Diff) Empty() bool {
	return len(d.Workflow) == 0 && d.Actions.empty() && d.Edges.empty() && !d.Reordered
}

func newItemChanges() ItemChanges {
	return ItemChanges{Added: []Item{}, Removed: []Item{}, Changed: []ItemChange{}}
}

func (c *ItemChanges) empty() bool { return len(c.Added)+len(c.Removed)+len(c.Changed) == 0 }

// compare notes what differs between two lists, and reports whether what is in both has another order.
func (c *ItemChanges) compare(before, after []item) bool {
	matches := match(before, after)
	last, reordered := -1, false
	kept := make([]bool, len(before))
	for i, b := range after {
		from := matches[i]
		if from < 0 {
			c.Added = append(c.Added, Item{ID: b.id, Value: b.raw})
			continue
		}
		kept[from] = true
		reordered = reordered || from < last
		last = from
		if fields := fieldChanges(before[from].value, b.value); len(fields) > 0 {
			c.Changed = append(c.Changed, ItemChange{ID: b.id, Fields: fields})
		}
	}
	for i, a := range before {
		if !kept[i] {
			c.Removed = append(c.Removed, Item{ID: a.id, Value: a.raw})
		}
	}
	return reordered
}

// match finds, for each item of after, the one of before that it was, or -1.
func match(before, after []item) []int {
	type exact struct{ id, key string }
	var (
		same    = map[exact][]int{}
		open    = map[string][]int{}
		taken   = make([]bool, len(before))
		matches = make([]int, len(after))
	)
	for i, a := range before {
		same[exact{a.id, a.key}] = append(same[exact{a.id, a.key}], i)
		open[a.id] = append(open[a.id], i)
	}
	for i, b := range after {
		matches[i] = -1
		if candidates := same[exact{b.id, b.key}]; len(candidates) > 0 {
			matches[i], same[exact{b.id, b.key}] = candidates[0], candidates[1:]
			taken[candidates[0]] = true
		}
	}
	for i, b := range after {
		for matches[i] < 0 && len(open[b.id]) > 0 {
			candidate := open[b.id][0]
			open[b.id] = open[b.id][1:]
			if !taken[candidate] {
				matches[i] = candidate
			}
		}
	}
	return matches
}
