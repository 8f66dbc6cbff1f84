// Package graph draws directed graphs as SVG: in layers from top to bottom, with as few crossings as a few sweeps
// find. The drawing is deterministic, loads nothing, and is coloured by classes of the page that shows it.
//
// What is drawn may be wrong, since it is drawn to show what is wrong: edges may form cycles, and lead from and to nodes
// that do not exist.
package graph
