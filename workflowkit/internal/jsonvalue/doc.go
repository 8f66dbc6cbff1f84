// Package jsonvalue reads and writes JSON the way an interpreter of stored documents needs it: numbers keep their digits,
// objects remember the order in which their members were written, and every place can be found again.
//
// It accepts exactly the texts that encoding/json accepts, and replaces invalid UTF-8 and lone surrogates by U+FFFD as
// that package does.
package jsonvalue
