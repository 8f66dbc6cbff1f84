// Package loadertest helps to test code that uses a database: [Postgres] starts a throw-away Postgres server from the
// binaries that are installed on the machine, [SQLite] names a file that is removed after the test, and [Conformance]
// holds any database that the loader opens against the loader's contract.
//
// # Postgres
//
// The binaries initdb and postgres are looked for in PATH and then in /usr/lib/postgresql/*/bin, the newest version
// first. One server is started for each test process, on first use, with its data and its socket in a temporary folder
// and with fsync off; it takes about a second. It stops, and the folder is removed, when the test process ends in
// whatever way, also by a panic or a kill. Postgres refuses to run as root, so a process of root starts it as the user
// postgres, or nobody.
//
// Where the binaries are missing the test is skipped with the reason; with WORKFLOWKIT_REQUIRE_ALL=1 in the environment
// it fails instead.
package loadertest
