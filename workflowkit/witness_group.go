package workflowkit

// age says how new something is: when the newest of the results was known that it depends on.
type age struct {
	// since is the number of the pass that was the first to know the result.
	since int
	// round counts the passes of a group in which each pass waits for all the results that the one before has asked for.
	round int
}

// with returns the age of what depends on both.
func (a age) with(b age) age { return age{max(a.since, b.since), max(a.round, b.round)} }

// group is a group of branches that a pass is in. The zero value is the serial part of a run.
type group struct {
	// racing says that each result has a pass of its own, waiting that all that were asked for in a pass share the next
	// one. The number of that is the one of the last of them, so what the others cause is counted in rounds.
	racing, waiting bool
	// fork is the number of the newest result before the group.
	fork int
	// newest is the age of the newest result in the group.
	newest    age
	postponed []postponed
}

// postponed is something to tell at the end of a group, when it is known which round was the last.
type postponed struct {
	telling
	age age
	// isNew says that it is to be told in any case.
	isNew bool
}

// telling is something to tell about an action or an edge.
type telling struct {
	tell  func(w *witness, index int)
	index int
}

// roundsOfGroup keeps the rounds of one group apart from those of the one before.
const roundsOfGroup = 1 << 20

// learn makes something as old as a result, if that is newer.
func (g *group) learn(at *age, known, groups int) {
	at.since = max(at.since, known)
	if g.waiting {
		at.round = max(at.round, groups*roundsOfGroup) + 1
		g.newest = g.newest.with(age{known, at.round})
	}
}

// forks notes that the pass comes to a group.
func (w *witness) forks(mode ForkMode) {
	if w == nil {
		return
	}
	w.groups++
	w.group = group{racing: mode == ForkRace, waiting: mode == ForkWait, fork: w.over()}
}

// joins notes that the pass leaves a group. If its newest result has caused the pass, then so have all of its round.
func (w *witness) joins() {
	if w == nil || !w.group.waiting {
		return
	}
	g := w.group
	w.group = group{}
	caused := g.newest.round > 0 && w.isNew(g.newest.since)
	for _, p := range g.postponed {
		if p.isNew || caused && p.age.round == g.newest.round {
			p.tell(w, p.index)
		}
	}
}

// see tells what is new. In a group that waits it is not known yet whether what follows from a result is, so that is
// told in the end, together with all that comes after it.
func (w *witness) see(at age, tell func(w *witness, index int), index int) {
	g, isNew := &w.group, w.isNew(at.since)
	switch {
	case g.waiting && (at.round > w.groups*roundsOfGroup || len(g.postponed) > 0):
		g.postponed = append(g.postponed, postponed{telling{tell, index}, at, isNew})
	case isNew:
		tell(w, index)
	}
}
