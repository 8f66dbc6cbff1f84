package loader

import (
	"fmt"
	"net/url"
	"strings"
)

const defaultSQLiteConns = 4

// parseSQLite makes a file: URI of a path and adds what every connection needs: immediate transactions, a busy
// timeout, and a write-ahead log, so that readers and the writer do not hold each other up.
func parseSQLite(dsn string, set settings) (source, error) {
	var path, rawQuery string
	if strings.HasPrefix(dsn, "file:") {
		path, rawQuery, _ = strings.Cut(dsn, "?")
		rawQuery, _, _ = strings.Cut(rawQuery, "#")
	} else {
		path = "file:" + escapeSQLitePath(dsn)
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return source{}, fmt.Errorf("%w: the parameters of the file: URI cannot be parsed: %w", ErrInvalid, err)
	}
	src := source{dialect: dialectSQLite, name: path, maxConns: defaultSQLiteConns}
	if set.maxConns > 0 {
		src.maxConns = set.maxConns
	}
	if path == "file::memory:" || path == "file:" || query.Get("mode") == "memory" {
		// Every connection to :memory: is a database of its own, so there must be exactly one.
		src.maxConns = 1
	}
	// The first pragma must be the timeout: the others may already have to wait for a writer.
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", set.busy.Milliseconds())}
	if query.Get("mode") != "ro" && query.Get("immutable") == "" {
		pragmas = append(pragmas, "journal_mode(wal)")
	}
	query["_pragma"] = append(pragmas, query["_pragma"]...)
	query.Set("_txlock", "immediate")
	// Times are read as they are stored, since how they are stored has to be known when rows are added.
	query.Set("_timefmt", "rfc3339")
	src.sqlite = path + "?" + query.Encode()
	return src, nil
}

// escapeSQLitePath escapes what would end the path in a file: URI.
func escapeSQLitePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}
