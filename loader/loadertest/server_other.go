//go:build !unix

package loadertest

import "errors"

func startServer() (*server, error) {
	return nil, errors.New("starting one is supported on Unix systems only")
}
