package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// newFlags returns the flags of a command. Errors are returned by parse and not printed.
func newFlags(c command) *flag.FlagSet {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags
}

// fileFlag defines a flag for the name of a file. An empty name is refused: it is a variable that is not set, rather
// than a wish to do without the file.
func fileFlag(flags *flag.FlagSet, name string) *string {
	value := new(string)
	flags.Func(name, "", func(text string) error {
		if text == "" {
			return errors.New("the file name is empty")
		}
		*value = text
		return nil
	})
	return value
}

// parse reads flags, which may stand before, between and after file names, and returns exactly n file names. What
// follows "--" are file names.
func (c command) parse(flags *flag.FlagSet, args []string, n int) ([]string, error) {
	var files []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w\nusage: %s", err, c.synopsis())
		}
		rest := flags.Args()
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			files = append(files, rest...)
			break
		}
		if len(rest) == 0 {
			break
		}
		files, args = append(files, rest[0]), rest[1:]
	}
	if len(files) != n {
		return nil, fmt.Errorf("got %d file names, %d expected\nusage: %s", len(files), n, c.synopsis())
	}
	return files, nil
}
