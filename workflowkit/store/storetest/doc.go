// Package storetest holds implementations of store.Workflows and store.Runs to their contract. Package loader passes
// its tests on Postgres and SQLite; applications with tables of their own run the same ones:
//
//	func TestWorkflows(t *testing.T) { storetest.TestWorkflows(t, myStore) }
//
// The tests add workflows and runs of their own, with names that no other has, and leave what is there alone. They call
// the store from many goroutines.
package storetest
