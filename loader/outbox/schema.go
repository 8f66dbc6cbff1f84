package outbox

import (
	"fmt"
	"strings"
)

// Table is the name of the outbox's table.
const Table = "workflowkit_outbox"

// dialect is what differs between the databases.
type dialect struct {
	// now is the database's clock in Unix milliseconds.
	now string
	// claim takes events that are due. See [Outbox.claim].
	claim string
}

// due selects what can be sent: what is due, is not being sent, and has nothing before it that has its key.
const due = `SELECT o.id FROM workflowkit_outbox o
	WHERE o.state = 'waiting' AND o.due_at_ms <= {now} AND o.leased_until_ms <= {now}
		AND (o.order_key = '' OR NOT EXISTS (SELECT 1 FROM workflowkit_outbox e
			WHERE e.state = 'waiting' AND e.order_key = o.order_key AND e.id < o.id))
	ORDER BY o.id LIMIT ?`

const take = ` SET lease = ?, leased_until_ms = {now} + ?, attempts = attempts + 1 `

var (
	postgres = dialect{
		now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
		claim: "WITH due AS MATERIALIZED (" + due + " FOR UPDATE OF o SKIP LOCKED) UPDATE workflowkit_outbox" + take +
			"FROM due WHERE workflowkit_outbox.id = due.id RETURNING workflowkit_outbox.id, event, attempts",
	}
	sqlite = dialect{
		now:   "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
		claim: "UPDATE workflowkit_outbox" + take + "WHERE id IN (" + due + ") RETURNING id, event, attempts",
	}
)

func dialectOf(name string) (dialect, error) {
	switch name {
	case "postgres":
		return postgres, nil
	case "sqlite":
		return sqlite, nil
	default:
		return dialect{}, fmt.Errorf("outbox: database %q is not supported, postgres or sqlite is needed", name)
	}
}

// sql fills in the clock.
func (d dialect) sql(query string) string { return strings.ReplaceAll(query, "{now}", d.now) }

// Schema returns the statements that create the table and its indexes unless they exist, for applications whose
// migrations are made by another tool. The dialect is "postgres" or "sqlite".
func Schema(dialect string) ([]string, error) {
	if _, err := dialectOf(dialect); err != nil {
		return nil, err
	}
	id, number := "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER"
	if dialect == "postgres" {
		id, number = "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bigint"
	}
	return []string{
		strings.NewReplacer("{id}", id, "{number}", number).Replace(`CREATE TABLE IF NOT EXISTS workflowkit_outbox (
    id              {id},
    event_id        text     NOT NULL UNIQUE,
    order_key       text     NOT NULL,
    event           text     NOT NULL,
    state           text     NOT NULL,
    attempts        {number} NOT NULL,
    created_at_ms   {number} NOT NULL,
    due_at_ms       {number} NOT NULL,
    leased_until_ms {number} NOT NULL,
    lease           text     NOT NULL,
    error           text     NOT NULL,
    done_at_ms      {number}
)`),
		`CREATE INDEX IF NOT EXISTS workflowkit_outbox_waiting ON workflowkit_outbox (id) WHERE state = 'waiting'`,
		`CREATE INDEX IF NOT EXISTS workflowkit_outbox_order ON workflowkit_outbox (order_key, id) WHERE state = 'waiting'`,
		`CREATE INDEX IF NOT EXISTS workflowkit_outbox_done ON workflowkit_outbox (state, done_at_ms) WHERE state <> 'waiting'`,
	}, nil
}
