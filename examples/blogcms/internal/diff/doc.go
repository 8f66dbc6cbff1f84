// Package diff compares two versions of a text for people: line by line, and word by word within lines that changed.
package diff
