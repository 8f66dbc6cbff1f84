-- The SQLite file of an application that uses Prisma, as its migrations create it, with rows as different versions of
-- it leave them: times as text in several layouts and as integers of milliseconds.
CREATE TABLE "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
    "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES ('a', 'b', 1767607872000, '20260105_init', NULL, NULL, 1767607872000, 1);
CREATE TABLE "users" (
    "id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "name" TEXT, "image" TEXT, "role" TEXT NOT NULL DEFAULT 'viewer',
    "email_verified" DATETIME, "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updated_at" DATETIME NOT NULL
);
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
INSERT INTO "users" VALUES ('u1', 'editor@example.com', 'Ed', NULL, 'editor', NULL, 1767607872000, 1767607872000);

CREATE TABLE "workflows" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "workflow" JSONB NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    "trigger" TEXT NOT NULL,
    "description" TEXT,
    "name" TEXT NOT NULL
);
CREATE TABLE "blog_posts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" TEXT NOT NULL,
    "subtitle" TEXT,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "markdown" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "markdown_ai_revision" TEXT,
    "ai_publishing_recommendations" TEXT
);
INSERT INTO "blog_posts" ("id", "title", "subtitle", "status", "markdown", "created_at", "markdown_ai_revision") VALUES
    (1, 'Text', NULL, 'draft', '# Text', '2026-01-05 10:11:12', NULL),
    (2, 'ISO with Z', NULL, 'draft', '# ISO', '2026-01-05T10:11:12.345Z', NULL),
    (3, 'ISO with offset', NULL, 'draft', '# ISO', '2026-01-05T12:11:12.345+02:00', NULL),
    (4, 'Text with offset', NULL, 'draft', '# Text', '2026-01-05 10:11:12.345 +00:00', NULL),
    (5, 'Old milliseconds', NULL, 'draft', '# 1977', 231415872000, NULL),
    (6, 'Not a time', NULL, 'draft', '# Odd', 'yesterday', NULL),
    (9, 'Milliseconds', 'Sub', 'needs approval', '# Ninth', 1767607872345, '# Revised');
INSERT INTO "workflows" ("id", "created_at", "workflow", "enabled", "trigger", "name") VALUES
    (1, '2026-01-05T10:11:12.345Z', '{ "name": "Review",  "steps": [], "actions": [{"id":"1","kind":"add_ToC"}], "edges": [{"from":"$source","to":"1"}] }', 1, 'blog-post.updated', 'Twin'),
    (2, '2026-01-05T10:11:12.345Z', '{"name":"Second"}', 1, 'blog-post.updated', 'Twin'),
    (3, '2026-01-05T10:11:12.345Z', jsonb('{"name":"Binary"}'), 0, 'x', 'Binary'),
    (4, '2026-01-05T10:11:12.345Z', 'not JSON', 0, 'y', 'Broken'),
    (5, '2026-01-05T10:11:12.345Z', 'null', 0, 'z', 'Null');
