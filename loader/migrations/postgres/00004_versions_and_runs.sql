-- +goose Up

SELECT set_config('lock_timeout', '10s', true) WHERE current_setting('lock_timeout') = '0';

-- What workflows were. A row is never changed.
CREATE TABLE IF NOT EXISTS workflowkit_versions (
    workflow_id   bigint  NOT NULL,
    number        integer NOT NULL,
    hash          text    NOT NULL,
    author        text    NOT NULL,
    note          text    NOT NULL,
    created_at_ms bigint  NOT NULL,
    definition    text    NOT NULL,
    PRIMARY KEY (workflow_id, number)
);

-- Which versions are the draft and the published one. stored_hash identifies what workflows.workflow held when published
-- was set: if it holds something else, other software has written it.
CREATE TABLE IF NOT EXISTS workflowkit_heads (
    workflow_id bigint  PRIMARY KEY,
    newest      integer NOT NULL,
    published   integer NOT NULL,
    stored_hash text    NOT NULL
);

-- The history of runs.
CREATE TABLE IF NOT EXISTS workflowkit_runs (
    id             text    PRIMARY KEY,
    workflow_id    text    NOT NULL,
    version        integer NOT NULL,
    status         text    NOT NULL,
    event          text    NOT NULL,
    event_data     text,
    error          text    NOT NULL,
    reason         text    NOT NULL,
    started_at_ms  bigint  NOT NULL,
    finished_at_ms bigint,
    changed_at_ms  bigint  NOT NULL,
    sequence       bigint  NOT NULL,
    reconciled     boolean NOT NULL,
    actions        integer NOT NULL,
    edges          integer NOT NULL,
    running        integer NOT NULL,
    waiting        integer NOT NULL,
    retrying       integer NOT NULL
);
CREATE INDEX IF NOT EXISTS workflowkit_runs_of_workflow ON workflowkit_runs (workflow_id, started_at_ms, id);
CREATE INDEX IF NOT EXISTS workflowkit_runs_by_time ON workflowkit_runs (started_at_ms, id);
CREATE INDEX IF NOT EXISTS workflowkit_runs_changes ON workflowkit_runs (workflow_id, sequence);

CREATE TABLE IF NOT EXISTS workflowkit_run_actions (
    run_id         text    NOT NULL,
    action_id      text    NOT NULL,
    position       integer NOT NULL,
    kind           text    NOT NULL,
    name           text    NOT NULL,
    status         text    NOT NULL,
    attempt        integer NOT NULL,
    step_id        text    NOT NULL,
    until_ms       bigint,
    inputs         text,
    output         text,
    error          text    NOT NULL,
    reason         text    NOT NULL,
    started_at_ms  bigint,
    finished_at_ms bigint,
    PRIMARY KEY (run_id, action_id)
);

CREATE TABLE IF NOT EXISTS workflowkit_run_edges (
    run_id   text    NOT NULL,
    position integer NOT NULL,
    edge_id  text    NOT NULL,
    from_id  text    NOT NULL,
    to_id    text    NOT NULL,
    taken    boolean NOT NULL,
    reason   text    NOT NULL,
    PRIMARY KEY (run_id, position)
);

-- The transitions of runs that are not over, so that one that is told twice is written once.
CREATE TABLE IF NOT EXISTS workflowkit_run_keys (
    run_id text NOT NULL,
    key    text NOT NULL,
    PRIMARY KEY (run_id, key)
);

-- One row, which every writer of runs locks first: so changes are committed in the order of their numbers.
CREATE TABLE IF NOT EXISTS workflowkit_run_sequence (
    id    integer PRIMARY KEY,
    value bigint  NOT NULL
);
INSERT INTO workflowkit_run_sequence (id, value) VALUES (1, 0) ON CONFLICT (id) DO NOTHING;

-- On Supabase, new tables are open to everybody with the public key.
-- +goose StatementBegin
DO $$
DECLARE r text;
BEGIN
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('anon', 'authenticated') LOOP
        EXECUTE format('REVOKE ALL ON workflowkit_versions, workflowkit_heads, workflowkit_runs, workflowkit_run_actions,
            workflowkit_run_edges, workflowkit_run_keys, workflowkit_run_sequence FROM %I', r);
    END LOOP;
END $$;
-- +goose StatementEnd
