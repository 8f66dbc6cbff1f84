package workflowkit

// Catalog describes the actions of an engine. Its JSON form is a list that the Workflow Kit editor components take
// unchanged as their available actions.
type Catalog []Spec

// Catalog returns the published description of all actions: the built-in ones, then the others in the order in which
// they were registered. The caller must not modify what the entries refer to.
func (e *Engine) Catalog() Catalog {
	catalog := make(Catalog, len(e.kinds.list))
	for i, r := range e.kinds.list {
		catalog[i] = r.spec
	}
	return catalog
}
