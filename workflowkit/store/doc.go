// Package store says how an application keeps workflows, their versions and the history of their runs: the types that a
// database and an editor exchange. Package loader implements it on Postgres and SQLite, package editor shows it to
// people. Applications with tables of their own implement [Workflows], and [Runs] if they have a history.
//
// # Versions
//
// Every save makes a [Version]: numbered from 1, immutable, with its author, time and note. The newest version is the
// draft. The published version is the one that runs load; it changes when somebody publishes, so a draft can be worked on
// while the workflow runs. A run records the version that it was pinned to.
package store
