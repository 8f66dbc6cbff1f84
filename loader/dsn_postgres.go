package loader

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const defaultPostgresConns = 10

// parsePostgres reads a Postgres URL. The URL often comes from the configuration of a TypeScript application, so the
// parameters that Prisma defines for itself are taken out: Postgres would refuse them as unknown settings.
func parsePostgres(dsn string, set settings) (source, error) {
	u, err := url.Parse(dsn)
	if err != nil || splitByPassword(u) {
		// The text of a URL error quotes the URL, and with it the password.
		return source{}, fmt.Errorf("%w: the postgres URL cannot be parsed"+
			" (special characters in the password must be percent-encoded)", ErrInvalid)
	}
	src := source{dialect: dialectPostgres, maxConns: defaultPostgresConns}
	query := u.Query()
	password, _ := u.User.Password()
	src.secrets = secretsOf(password, query.Get("password"), query.Get("sslpassword"))
	src.name = postgresName(u)

	if err := src.takePrismaParameters(query); err != nil {
		return source{}, err
	}
	u.RawQuery = query.Encode()
	if set.maxConns > 0 {
		src.maxConns = set.maxConns
	}
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return source{}, fmt.Errorf("%w: %s: %w", ErrInvalid, src.name, src.hide(err))
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	if _, set := config.RuntimeParams["application_name"]; !set {
		config.RuntimeParams["application_name"] = "workflowkit"
	}
	src.pg = config
	return src, nil
}

// splitByPassword reports whether a URL was cut at a /, ? or # of its password: what is taken for the host is then the
// user, and for the port the beginning of the password.
func splitByPassword(u *url.URL) bool {
	return u.Fragment != "" || strings.Contains(u.Path, "@") ||
		u.User == nil && strings.Contains(u.RawQuery, "@") && !u.Query().Has("user")
}

func (s *source) takePrismaParameters(query url.Values) error {
	if schema := query.Get("schema"); schema != "" && !query.Has("search_path") {
		query.Set("search_path", pgx.Identifier{schema}.Sanitize())
	}
	if query.Get("pgbouncer") == "true" && !query.Has("default_query_exec_mode") {
		query.Set("default_query_exec_mode", "exec")
	}
	for _, key := range []string{"connection_limit", "pool_max_conns"} {
		if text := query.Get(key); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return fmt.Errorf("%w: %s: %s must be a positive number, not %q", ErrInvalid, s.name, key, text)
			}
			s.maxConns = n
		}
	}
	for _, key := range []string{
		"schema", "pgbouncer", "connection_limit", "pool_max_conns", "pool_timeout", "socket_timeout",
		"sslaccept", "sslidentity", "statement_cache_size",
	} {
		query.Del(key)
	}
	return nil
}

// postgresName is the URL without user, password and parameters.
func postgresName(u *url.URL) string {
	host := u.Host
	if host == "" {
		host = u.Query().Get("host")
	}
	return (&url.URL{Scheme: "postgres", Host: host, Path: u.Path}).Redacted()
}
