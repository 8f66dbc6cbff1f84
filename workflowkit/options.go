package workflowkit

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// Option configures an engine. See [New].
type Option func(*settings) error

type settings struct {
	actions    []Action
	loader     Loader
	logger     *slog.Logger
	limits     Limits
	cacheSize  int
	noBuiltins bool
	disabled   map[string]bool
	openKinds  bool
	observers  []Observer
	rolling    bool
}

// WithActions registers actions. It may be given several times.
func WithActions(actions ...Action) Option {
	return func(s *settings) error {
		s.actions = append(s.actions, actions...)
		return nil
	}
}

// WithLoader sets where workflows come from. An engine without a loader can validate but not run.
func WithLoader(loader Loader) Option {
	return func(s *settings) error {
		if loader == nil {
			return errors.New("loader is nil")
		}
		if s.loader != nil {
			return errors.New("loader is set twice")
		}
		s.loader = loader
		return nil
	}
}

// WithLogger sets the engine's logger. The default is slog.Default().
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error {
		if logger == nil {
			return errors.New("logger is nil")
		}
		s.logger = logger
		return nil
	}
}

// WithObservers adds observers, which are told in the order in which they were added.
func WithObservers(observers ...Observer) Option {
	return func(s *settings) error {
		for _, observer := range observers {
			if observer == nil {
				return errors.New("an observer is nil")
			}
		}
		s.observers = append(s.observers, observers...)
		return nil
	}
}

// WithRollingCatalog is for fleets that are updated one process after another: a workflow in which nothing is wrong but
// kinds that this process does not know is not refused, but loaded again by another attempt, which another process may
// get. When the attempts are used up the run fails, and the error names the kinds. Without it such a workflow fails at
// once, as any invalid one.
//
// A run that has been loaded goes on in any case: a process that lacks a kind leaves it to others.
func WithRollingCatalog() Option {
	return func(s *settings) error {
		s.rolling = true
		return nil
	}
}

// WithLimits bounds what workflows may be. Zero fields keep their defaults.
func WithLimits(limits Limits) Option {
	return func(s *settings) error {
		if limits.Bytes < 0 || limits.Actions < 0 || limits.Edges < 0 || limits.Depth < 0 || limits.Queries < 0 || limits.Inputs < 0 || limits.Run < 0 {
			return errors.New("a limit is negative")
		}
		s.limits = limits
		return nil
	}
}

// WithPlanCache sets how many compiled definitions the engine keeps. The default is 256.
func WithPlanCache(size int) Option {
	return func(s *settings) error {
		if size < 1 {
			return fmt.Errorf("plan cache of size %d: at least 1 is needed", size)
		}
		s.cacheSize = size
		return nil
	}
}

// WithoutBuiltins turns off built-in actions: those that are named, or all if none is.
func WithoutBuiltins(kinds ...string) Option {
	return func(s *settings) error {
		if len(kinds) == 0 {
			s.noBuiltins = true
		}
		for _, kind := range kinds {
			if !slices.Contains(builtinNames(), kind) {
				return fmt.Errorf("there is no built-in action %q", kind)
			}
			s.disabled[kind] = true
		}
		return nil
	}
}
