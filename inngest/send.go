package inngest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const (
	// MaxEventSize is the size of an event's JSON form that Inngest accepts on every plan, in bytes.
	MaxEventSize = 512 << 10

	maxEvents         = 5000    // that a server takes in one request
	maxEventsSize     = 3 << 20 // of one request: more is slow to repeat, and proxies refuse it
	maxEventName      = 512
	sendAttempts      = 5
	sendBaseDelay     = 100 * time.Millisecond
	sendMaxRetryAfter = 10 * time.Second // a longer wait is the caller's decision
	sendResponseLimit = 1 << 20

	minTimestamp = 315532800_000  // 1980, in milliseconds: a time in seconds is below
	maxTimestamp = 4102444800_000 // 2100
)

// Send sends an event and returns the id that the server gave it. See [Client.SendMany].
func (c *Client) Send(ctx context.Context, event workflowkit.Event) (string, error) {
	ids, err := c.SendMany(ctx, []workflowkit.Event{event})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// SendMany sends events and returns their ids in the same order. They go in one request, or in several one after another
// if they are more than 5000 or have more than 3 MiB. A transport error, a 5xx answer and 429 are tried again, up to five
// attempts in about two seconds or as the server's Retry-After says; the server recognises the attempts as one. The whole
// takes no longer than ctx allows. Sending no events makes no request.
//
// An event with an ID can be sent any number of times: it starts runs once in 24 hours.
//
// The error matches [ErrInvalidEvent], [ErrEventTooLarge] or [ErrNoEventKey] if nothing was sent, and is a *[SendError]
// otherwise, which says how many were received.
func (c *Client) SendMany(ctx context.Context, events []workflowkit.Event) ([]string, error) {
	if len(events) == 0 {
		return nil, nil
	}
	batches, err := encodeEvents(events)
	if err != nil {
		return nil, fmt.Errorf("send events: %w", err)
	}
	key := c.settings.eventKey
	if key == "" {
		if !c.settings.dev {
			return nil, fmt.Errorf("send events: %w", ErrNoEventKey)
		}
		key = devEventKey
	}
	if err := ctx.Err(); err != nil {
		return nil, &SendError{Err: err, Retryable: true}
	}
	target := c.settings.eventURL + "/e/" + url.PathEscape(key)
	var ids []string
	for _, batch := range batches {
		sent, err := c.sendBatch(ctx, target, batch)
		if err != nil {
			err.Sent = ids
			return nil, err
		}
		ids = append(ids, sent...)
	}
	return ids, nil
}

// sendBatch sends the events of one request.
func (c *Client) sendBatch(ctx context.Context, target string, batch eventBatch) ([]string, *SendError) {
	seed := eventIDSeed(c.now())
	for attempt := 1; ; attempt++ {
		ids, err := c.postEvents(ctx, target, seed, batch.body, batch.count)
		if err == nil {
			return ids, nil
		}
		err.Attempts = attempt
		if !err.Retryable || attempt == sendAttempts || err.RetryAfter > sendMaxRetryAfter || ctx.Err() != nil {
			return nil, err
		}
		if ctxErr := sleep(ctx, max(err.RetryAfter, backoff(attempt))); ctxErr != nil {
			// The last answer says why it came to waiting, so it stays in the error.
			err.Err = errors.Join(ctxErr, err.Err)
			return nil, err
		}
		c.logger.Debug("inngest event is sent again", "attempt", attempt+1, "error", err)
	}
}

// postEvents makes one attempt.
func (c *Client) postEvents(ctx context.Context, target, seed string, body []byte, count int) ([]string, *SendError) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, &SendError{Err: withoutURL(err)}
	}
	c.setHeaders(req.Header)
	req.Header.Set(inngestgo.HeaderKeyEventIDSeed, seed)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &SendError{Err: withoutURL(err), Retryable: true}
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, sendResponseLimit))
	if err != nil {
		return nil, &SendError{StatusCode: resp.StatusCode, Err: withoutURL(err), Retryable: true}
	}
	var answer struct {
		IDs   []string `json:"ids"`
		Error string   `json:"error"`
	}
	decodeErr := json.Unmarshal(raw, &answer)
	if resp.StatusCode/100 != 2 {
		return nil, &SendError{
			StatusCode: resp.StatusCode, Message: answer.Error, RetryAfter: retryAfter(resp.Header, time.Now()),
			Retryable: resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests,
		}
	}
	// Something that answers 200 but is not an Inngest server must not look like success.
	if decodeErr != nil || len(answer.IDs) < count {
		return nil, &SendError{StatusCode: resp.StatusCode, Message: "the answer does not hold the ids of all events; " +
			"is this an Inngest server? " + answer.Error}
	}
	return answer.IDs[:count], nil
}

func encodeEvent(event workflowkit.Event) (json.RawMessage, error) {
	switch {
	case event.Name == "":
		return nil, fmt.Errorf("%w: name is empty", ErrInvalidEvent)
	case len(event.Name) > maxEventName:
		return nil, fmt.Errorf("%w: name is %d bytes long, at most %d are possible", ErrInvalidEvent, len(event.Name), maxEventName)
	case strings.HasPrefix(strings.ToLower(event.Name), "inngest/"):
		return nil, fmt.Errorf("%w: names that begin with inngest/ are the server's own", ErrInvalidEvent)
	case event.Timestamp != 0 && (event.Timestamp < minTimestamp || event.Timestamp >= maxTimestamp):
		return nil, fmt.Errorf("%w: timestamp %d is not in milliseconds between 1980 and 2100", ErrInvalidEvent, event.Timestamp)
	case !isObject(event.Data):
		return nil, fmt.Errorf("%w: data is not a JSON object", ErrInvalidEvent)
	case !isObject(event.User):
		return nil, fmt.Errorf("%w: user is not a JSON object", ErrInvalidEvent)
	}
	if len(event.Data) == 0 {
		event.Data = json.RawMessage("{}")
	}
	raw, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidEvent, err)
	}
	if len(raw) > MaxEventSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are possible", ErrEventTooLarge, len(raw), MaxEventSize)
	}
	return raw, nil
}

// isObject reports whether raw is a JSON object, or nothing.
func isObject(raw json.RawMessage) bool {
	if len(raw) == 0 {
		return true
	}
	trimmed := bytes.TrimLeft(raw, " \t\r\n")
	return len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(raw)
}

// eventIDSeed returns what makes a server give the events of repeated attempts the same ids.
func eventIDSeed(now time.Time) string {
	entropy := make([]byte, 10)
	_, _ = rand.Read(entropy) // never fails
	return fmt.Sprintf("%d,%s", now.UnixMilli(), base64.StdEncoding.EncodeToString(entropy))
}

// backoff returns how long to wait after the given attempt, from 1: doubling, with up to half of it at random, so that
// senders that failed together do not come back together.
func backoff(attempt int) time.Duration {
	d := time.Duration(float64(sendBaseDelay) * math.Pow(2, float64(attempt-1)))
	return d/2 + mathrand.N(d)
}

// retryAfter reads the Retry-After header: seconds, or a date in either of the forms in use.
func retryAfter(header http.Header, now time.Time) time.Duration {
	v := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(seconds, 0), math.MaxInt32)) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		if at, err = time.Parse(time.RFC3339, v); err != nil {
			return 0
		}
	}
	return max(at.Sub(now), 0)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withoutURL removes the URL that net/http puts into its errors, because the event key is a part of it.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
