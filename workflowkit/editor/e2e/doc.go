// Package e2e tests the editor in a browser: its handler, its embedded page and the store in memory, as people use them.
package e2e
