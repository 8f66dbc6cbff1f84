package loader

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
)

// source is a parsed dsn.
type source struct {
	dialect  dialect
	name     string // for messages: without the password
	secrets  []string
	maxConns int
	pg       *pgx.ConnConfig
	sqlite   string
}

var schemePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

func parseDSN(dsn string, set settings) (source, error) {
	dsn = strings.TrimSpace(dsn)
	switch scheme := schemePattern.FindString(dsn); {
	case dsn == "":
		return source{}, fmt.Errorf("%w: the address is empty, a postgres:// URL or a SQLite path is needed", ErrInvalid)
	case scheme == "postgres://", scheme == "postgresql://":
		return parsePostgres(dsn, set)
	case scheme == "" || strings.HasPrefix(dsn, "file:"):
		return parseSQLite(dsn, set)
	default:
		return source{}, fmt.Errorf("%w: scheme %s is not supported, a postgres:// URL or a SQLite path is needed",
			ErrInvalid, scheme)
	}
}

// hide returns err as it is when its text holds no secret, and otherwise an error with the text alone, so that the
// original cannot be unwrapped and printed.
func (s source) hide(err error) error {
	text := err.Error()
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "xxxxx")
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// secretsOf lists the spellings in which a password can turn up in a driver's message.
func secretsOf(passwords ...string) []string {
	var all []string
	for _, p := range passwords {
		if p != "" {
			all = append(all, p, url.QueryEscape(p), url.PathEscape(p))
		}
	}
	return all
}
