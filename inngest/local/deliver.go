package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// answer is what came back of a call.
type answer struct {
	err    error // there was no answer
	lost   bool  // the server died before it could note the answer
	status int
	header http.Header
	body   []byte
}

// errUnreachable has the text by which the real server fails runs whose app is down.
var errUnreachable = errors.New("Unable to reach SDK URL") //nolint:staticcheck // the real server's text

// deliver makes the call, as far as the faults let it. No mutex is held.
func (s *Server) deliver(c Call, address string, headers http.Header, body []byte) answer {
	crash := NoCrash
	if s.cfg.Faults.Crash != nil {
		crash = s.cfg.Faults.Crash(c)
	}
	if crash == CrashBefore {
		return answer{err: fmt.Errorf("%w: the app is down (injected)", errUnreachable)}
	}
	var a answer
	if strings.HasPrefix(address, "ws:") {
		a = s.forward(s.ctx, c, headers, body)
	} else {
		a = s.post(s.ctx, address, headers, body)
	}
	switch crash {
	case CrashAfter:
		return answer{err: fmt.Errorf("%w: the app has died before it could answer (injected)", errUnreachable)}
	case ServerCrash:
		return answer{lost: true, err: fmt.Errorf("the server has died before it could note the answer of %s (injected)", address)}
	}
	return a
}

func (s *Server) post(ctx context.Context, address string, headers http.Header, body []byte) answer {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	request.Header = headers
	if s.key.set() {
		request.Header.Set(headerSignature, s.key.sign(body))
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{err: fmt.Errorf("%w: %w", errUnreachable, err)}
	}
	defer response.Body.Close()
	limit := int64(s.limits.ResponseBody)
	read, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return answer{err: fmt.Errorf("%w: reading the answer: %w", errUnreachable, err)}
	case int64(len(read)) > limit:
		return answer{err: fmt.Errorf("output_too_large: the answer exceeds the limit of %d bytes", limit)}
	}
	return answer{status: response.StatusCode, header: response.Header, body: read}
}
