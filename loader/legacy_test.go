package loader_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

// legacy is the connection of the other application to its own database.
type legacy struct {
	*sql.DB
	dsn string
	t   *testing.T
}

// openLegacy connects without the package under test.
func openLegacy(t *testing.T, dsn string) legacy {
	t.Helper()
	driver := "sqlite3"
	if filepath.Ext(dsn) != ".db" {
		driver = "pgx"
	} else {
		dsn = "file:" + dsn
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return legacy{db, dsn, t}
}

// supabase returns the URL of a database that a TypeScript application has filled.
func supabase(t *testing.T) string {
	t.Helper()
	dsn := loadertest.Postgres(t)
	openLegacy(t, dsn).run(t, "testdata/supabase.sql")
	return dsn
}

// prisma returns the path of a SQLite file that an application with Prisma has filled.
func prisma(t *testing.T) string {
	t.Helper()
	dsn := loadertest.SQLite(t)
	openLegacy(t, dsn).run(t, "testdata/prisma.sql")
	return dsn
}

// run executes a file of statements.
func (l legacy) run(t *testing.T, file string) {
	t.Helper()
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l.exec(string(script))
}

func (l legacy) exec(query string, args ...any) {
	l.t.Helper()
	if _, err := l.ExecContext(context.Background(), query, args...); err != nil {
		l.t.Fatal(err)
	}
}

// rows returns the result of a query as text, so that every value and its type can be compared.
func (l legacy) rows(query string, args ...any) []string {
	l.t.Helper()
	rows, err := l.QueryContext(context.Background(), query, args...)
	if err != nil {
		l.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		l.t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			l.t.Fatal(err)
		}
		line := ""
		for i, v := range values {
			line += fmt.Sprintf("%s=%#v ", columns[i], *v.(*any))
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return all
}
