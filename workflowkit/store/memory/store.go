package memory

import (
	"sync"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// Store keeps workflows and runs in memory. It implements [store.Workflows] and [store.Runs] for editors, and
// [workflowkit.Loader] and [workflowkit.Observer] for engines. It is safe for concurrent use. The zero value is not
// usable; call [New].
type Store struct {
	// now is the clock.
	now func() time.Time

	mu sync.Mutex
	// workflows are in the order of their ids, which are their places counted from 1.
	workflows []*workflow
	runs      history
}

var (
	_ store.Workflows      = (*Store)(nil)
	_ store.Runs           = (*Store)(nil)
	_ workflowkit.Loader   = (*Store)(nil)
	_ workflowkit.Observer = (*Store)(nil)
)

// New returns an empty store.
func New() *Store {
	return &Store{
		now:  time.Now,
		runs: history{byID: map[string]*run{}, newest: map[string]int64{}, changed: make(chan struct{})},
	}
}
