-- +goose Up

-- What was here before us. The first run decides, and the answer never changes.
CREATE TABLE IF NOT EXISTS workflowkit_tables (
    name       TEXT PRIMARY KEY,
    taken_over BOOLEAN NOT NULL,
    added_at   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    seeded_at  DATETIME
);

INSERT OR IGNORE INTO workflowkit_tables (name, taken_over)
SELECT t.name, EXISTS (SELECT 1 FROM sqlite_master m WHERE m.name = t.name COLLATE NOCASE)
FROM (SELECT 'workflows' AS name UNION ALL SELECT 'blog_posts') AS t;

CREATE TABLE IF NOT EXISTS workflows (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    workflow    JSONB,
    enabled     BOOLEAN DEFAULT 0,
    "trigger"   TEXT,
    description TEXT,
    name        TEXT
);

CREATE TABLE IF NOT EXISTS blog_posts (
    id                            INTEGER PRIMARY KEY AUTOINCREMENT,
    title                         TEXT,
    subtitle                      TEXT,
    status                        TEXT,
    markdown                      TEXT,
    markdown_ai_revision          TEXT,
    created_at                    DATETIME DEFAULT CURRENT_TIMESTAMP,
    ai_publishing_recommendations TEXT
);

-- The writes of runs and the decisions of editors, in order: what makes a write safe to repeat, and tells an old run
-- that a newer one has the post.
CREATE TABLE IF NOT EXISTS workflowkit_writes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    key           TEXT    NOT NULL UNIQUE,
    post_id       INTEGER NOT NULL,
    run_id        TEXT    NOT NULL,
    action        TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    written_at_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS workflowkit_writes_post ON workflowkit_writes (post_id, id);
CREATE INDEX IF NOT EXISTS workflowkit_writes_age ON workflowkit_writes (written_at_ms);
