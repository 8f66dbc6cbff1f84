package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gowebpki/jcs"
)

// Register asks the app that serves at the URL to register its functions, and returns when it has. Without a signing key
// this is an unsigned PUT, upon which the app calls this server (whose address it must therefore know, see
// [Server.URL]); with one the request is signed and the app answers with its functions.
func (s *Server) Register(ctx context.Context, appURL string) error {
	if s.key.set() {
		return s.registerInBand(ctx, appURL)
	}
	before := s.syncs()
	answer, err := s.put(ctx, appURL, nil, http.Header{"X-Inngest-Server-Kind": {s.kind()}})
	if err != nil {
		return err
	}
	if s.syncs() == before {
		return fmt.Errorf("registering %s: the app answered %d but has not called %s; is that its API base URL?", appURL, answer.status, s.url)
	}
	return nil
}

func (s *Server) syncs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, a := range s.apps {
		total += a.syncs
	}
	return total
}

func (s *Server) registerInBand(ctx context.Context, appURL string) error {
	body, err := json.Marshal(map[string]string{"url": appURL})
	if err != nil {
		return fmt.Errorf("registering %s: %w", appURL, err)
	}
	if body, err = jcs.Transform(body); err != nil {
		return fmt.Errorf("registering %s: %w", appURL, err)
	}
	headers := http.Header{headerSignature: {s.key.sign(body)}, "X-Inngest-Server-Kind": {s.kind()}, "Content-Type": {"application/json"}}
	answer, err := s.put(ctx, appURL, body, headers)
	if err != nil {
		return err
	}
	content := bytes.TrimSuffix(answer.body, []byte("\n"))
	if !s.key.signed(answer.header.Get(headerSignature), content) {
		return fmt.Errorf("registering %s: the answer is not signed with the signing key", appURL)
	}
	var in syncRequest
	if err := json.Unmarshal(content, &in); err != nil {
		return fmt.Errorf("registering %s: %w", appURL, err)
	}
	in.AppName = in.AppID
	if err := s.sync(in); err != nil {
		return fmt.Errorf("registering %s: %w", appURL, err)
	}
	return nil
}

// put asks an app to register.
func (s *Server) put(ctx context.Context, appURL string, body []byte, headers http.Header) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, appURL, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("registering %s: %w", appURL, err)
	}
	request.Header = headers
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("registering %s: %w", appURL, err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("registering %s: %w", appURL, err)
	}
	if response.StatusCode/100 != 2 {
		var refusal struct {
			Message string `json:"message"`
		}
		message := strings.TrimSpace(string(read))
		if json.Unmarshal(read, &refusal) == nil && refusal.Message != "" {
			message = refusal.Message
		}
		return answer{}, fmt.Errorf("registering %s: the app answered %d: %s", appURL, response.StatusCode, message)
	}
	return answer{status: response.StatusCode, header: response.Header, body: read}, nil
}
