package loader_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/storetest"
)

func TestHalfATakeOver(t *testing.T) {
	t.Parallel()
	for table, create := range map[string]string{
		// As an early version of an application has them: columns are missing.
		"blog_posts": `CREATE TABLE blog_posts (id INTEGER PRIMARY KEY, title TEXT, markdown TEXT)`,
		"workflows":  `CREATE TABLE workflows (id INTEGER PRIMARY KEY, workflow TEXT)`,
	} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				ctx := context.Background()
				other := openLegacy(t, dsn)
				other.exec(create)
				other.exec("INSERT INTO " + table + " (id) VALUES (41)")
				db := open(t, dsn)
				report, err := db.Migrate(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{table}, report.TakenOver); diff != "" || len(report.Created) != 1 {
					t.Errorf("report %+v, want %s taken over and the other table created", report, table)
				}
				if seeded, err := db.Seed(ctx); err != nil || seeded {
					t.Errorf("Seed() = %v, %v; want no seeds beside a table that was taken over", seeded, err)
				}
				posts, err := db.Posts(ctx)
				if err != nil {
					t.Fatal(err)
				}
				workflows, err := db.Workflows(ctx)
				if err != nil || len(posts)+len(workflows) != 1 {
					t.Errorf("%d posts and %d workflows, %v; want the one row that was there", len(posts), len(workflows), err)
				}
			})
		})
	}
}

func TestTablesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ create, want string }{
		"ids of text": {"CREATE TABLE blog_posts (id TEXT PRIMARY KEY)", "of type text"},
		"no ids":      {"CREATE TABLE workflows (name TEXT)", "no column id"},
		"a view":      {"CREATE VIEW workflows AS SELECT 1 AS id", "workflows is a view"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				other := openLegacy(t, dsn)
				other.exec(c.create)
				_, err := open(t, dsn).Migrate(context.Background())
				if !errors.Is(err, loader.ErrSchema) || !strings.Contains(strings.ToLower(fmt.Sprint(err)), c.want) {
					t.Errorf("error %v, want ErrSchema that says %q", err, c.want)
				}
				count := "SELECT count(*) AS n FROM sqlite_master WHERE name LIKE 'workflowkit%'"
				if strings.HasPrefix(dsn, "postgres") {
					count = "SELECT count(*) AS n FROM pg_class WHERE relname LIKE 'workflowkit%'"
				}
				if diff := cmp.Diff([]string{"n=0 "}, other.rows(count)); diff != "" {
					t.Errorf("something was created before the refusal:\n%s", diff)
				}
			})
		})
	}
}

// withParameter adds a parameter to a Postgres URL.
func withParameter(t *testing.T, dsn, key, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestSchemasOfPostgres(t *testing.T) {
	t.Parallel()
	t.Run("two applications in two schemas", func(t *testing.T) {
		t.Parallel()
		ctx := context.Background()
		dsn := loadertest.Postgres(t)
		other := openLegacy(t, dsn)
		other.exec("CREATE SCHEMA one; CREATE SCHEMA two")
		one := loadertest.Open(t, withParameter(t, dsn, "search_path", "one"))
		two := loadertest.Open(t, withParameter(t, dsn, "schema", "two")) // as Prisma spells it
		if _, err := one.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		posts, err := two.Posts(ctx)
		if err != nil || len(posts) != 0 {
			t.Errorf("schema two has %d posts, %v; want none", len(posts), err)
		}
		if diff := cmp.Diff([]string{"n=3 "}, other.rows("SELECT count(*) AS n FROM one.blog_posts")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"n=0 "}, other.rows("SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'")); diff != "" {
			t.Errorf("tables in public: %s", diff)
		}
		loadertest.Conformance(t, two)
	})
	t.Run("a table further down the search path is taken over, not hidden", func(t *testing.T) {
		t.Parallel()
		dsn := supabase(t)
		openLegacy(t, dsn).exec("CREATE SCHEMA app")
		db := loadertest.Open(t, withParameter(t, dsn, "search_path", "app,public"))
		posts, err := db.Posts(context.Background())
		if err != nil || len(posts) != 3 {
			t.Errorf("%d posts, %v; want the 3 of public", len(posts), err)
		}
	})
	t.Run("a schema that does not exist", func(t *testing.T) {
		t.Parallel()
		db := open(t, withParameter(t, loadertest.Postgres(t), "search_path", "nowhere"))
		if _, err := db.Migrate(context.Background()); !errors.Is(err, loader.ErrSchema) {
			t.Errorf("error %v, want ErrSchema", err)
		}
	})
	t.Run("no sessions behind a transaction pooler", func(t *testing.T) {
		t.Parallel()
		db := loadertest.Open(t, withParameter(t, loadertest.Postgres(t), "pgbouncer", "true"))
		loadertest.Conformance(t, db)
		t.Run("versions", func(t *testing.T) { storetest.TestWorkflows(t, db.Store()) })
		h := openHistory(t, db, loader.HistoryConfig{})
		t.Run("runs", func(t *testing.T) {
			storetest.TestRuns(t, h, func(tr workflowkit.Transition) { tell(h, tr); flush(t, h) })
		})
	})
}

// A role without the right to change tables can check them and work with them.
func TestApplicationRole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := loadertest.Postgres(t)
	owner := loadertest.Open(t, dsn)
	if _, err := owner.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	role := strings.TrimPrefix(mustParse(t, dsn).Path, "/") + "_app" // roles belong to the whole server
	other := openLegacy(t, dsn)
	other.exec("CREATE ROLE " + role + " LOGIN")
	t.Cleanup(func() { other.exec("DROP OWNED BY " + role + "; DROP ROLE " + role) })
	other.exec("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role)
	other.exec("REVOKE INSERT, UPDATE, DELETE ON workflowkit_tables, workflowkit_migrations FROM " + role)

	u := mustParse(t, dsn)
	u.User = url.User(role)
	app := open(t, u.String())
	if err := app.CheckSchema(ctx); err != nil {
		t.Error(err)
	}
	if _, err := app.Migrate(ctx); err != nil {
		t.Errorf("Migrate with nothing to do: %v", err)
	}
	t.Run("conformance", func(t *testing.T) { loadertest.Conformance(t, app) })
}

func mustParse(t *testing.T, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A migration that is interrupted between two versions, or whose list was lost, is run again.
func TestMigrateAfterALostList(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		if _, err := db.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		openLegacy(t, dsn).exec("DROP TABLE workflowkit_migrations")
		if err := db.CheckSchema(ctx); !errors.Is(err, loader.ErrSchema) {
			t.Errorf("CheckSchema: %v, want ErrSchema", err)
		}
		report, err := db.Migrate(ctx)
		if err != nil || report.Applied != 6 || len(report.Created) != 2 {
			t.Errorf("report %+v, %v; the tables must still count as created", report, err)
		}
		if posts, err := db.Posts(ctx); err != nil || len(posts) != 3 {
			t.Errorf("%d posts, %v", len(posts), err)
		}
	})
}

// A migration does not wait for ever behind a transaction of the other application, with all queries behind it.
func TestMigrationGivesUpOnALockedTable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := supabase(t)
	other := openLegacy(t, dsn)
	tx, err := other.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "LOCK TABLE blog_posts IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	db := open(t, withParameter(t, dsn, "lock_timeout", "300ms")) // the default is ten seconds
	if _, err := db.Migrate(ctx); err == nil || !strings.Contains(err.Error(), "lock timeout") {
		t.Errorf("error %v, want a lock timeout", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(ctx); err != nil {
		t.Errorf("second attempt: %v", err)
	}
}
