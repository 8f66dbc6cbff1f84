// Package soak runs workflows on a fleet of processes that die at random, and counts what became of them.
//
// The parent process starts the replicas, stands in front of them as a load balancer would, kills and replaces them,
// sends the events, answers those actions that ask, and in the end holds what the replicas have written into the database
// to what the workflows say.
package soak
