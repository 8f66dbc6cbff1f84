-- +goose Up

-- What workflows were. A row is never changed. A definition is kept as the type that it was stored as.
CREATE TABLE IF NOT EXISTS workflowkit_versions (
    workflow_id   INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    hash          TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    note          TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    definition    BLOB    NOT NULL,
    PRIMARY KEY (workflow_id, number)
);

-- Which versions are the draft and the published one. stored_hash identifies what workflows.workflow held when published
-- was set: if it holds something else, other software has written it.
CREATE TABLE IF NOT EXISTS workflowkit_heads (
    workflow_id INTEGER PRIMARY KEY,
    newest      INTEGER NOT NULL,
    published   INTEGER NOT NULL,
    stored_hash TEXT    NOT NULL
);

-- The history of runs.
CREATE TABLE IF NOT EXISTS workflowkit_runs (
    id             TEXT    PRIMARY KEY,
    workflow_id    TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    status         TEXT    NOT NULL,
    event          TEXT    NOT NULL,
    event_data     TEXT,
    error          TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    started_at_ms  INTEGER NOT NULL,
    finished_at_ms INTEGER,
    changed_at_ms  INTEGER NOT NULL,
    sequence       INTEGER NOT NULL,
    reconciled     BOOLEAN NOT NULL,
    actions        INTEGER NOT NULL,
    edges          INTEGER NOT NULL,
    running        INTEGER NOT NULL,
    waiting        INTEGER NOT NULL,
    retrying       INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS workflowkit_runs_of_workflow ON workflowkit_runs (workflow_id, started_at_ms, id);
CREATE INDEX IF NOT EXISTS workflowkit_runs_by_time ON workflowkit_runs (started_at_ms, id);
CREATE INDEX IF NOT EXISTS workflowkit_runs_changes ON workflowkit_runs (workflow_id, sequence);

CREATE TABLE IF NOT EXISTS workflowkit_run_actions (
    run_id         TEXT    NOT NULL,
    action_id      TEXT    NOT NULL,
    position       INTEGER NOT NULL,
    kind           TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    attempt        INTEGER NOT NULL,
    step_id        TEXT    NOT NULL,
    until_ms       INTEGER,
    inputs         TEXT,
    output         TEXT,
    error          TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    started_at_ms  INTEGER,
    finished_at_ms INTEGER,
    PRIMARY KEY (run_id, action_id)
);

CREATE TABLE IF NOT EXISTS workflowkit_run_edges (
    run_id   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    edge_id  TEXT    NOT NULL,
    from_id  TEXT    NOT NULL,
    to_id    TEXT    NOT NULL,
    taken    BOOLEAN NOT NULL,
    reason   TEXT    NOT NULL,
    PRIMARY KEY (run_id, position)
);

-- The transitions of runs that are not over, so that one that is told twice is written once.
CREATE TABLE IF NOT EXISTS workflowkit_run_keys (
    run_id TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
);

-- One row: the number of the newest change of a run.
CREATE TABLE IF NOT EXISTS workflowkit_run_sequence (
    id    INTEGER PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT OR IGNORE INTO workflowkit_run_sequence (id, value) VALUES (1, 0);
