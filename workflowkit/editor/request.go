package editor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// field is a member that the body of a request may have.
type field struct {
	name string
	// what says what is expected, for the message when something else is found.
	what string
	// into points to where the value goes. An absent member, or null where a pointer is pointed to, leaves it.
	into any
	// required says that the member must be there.
	required bool
}

// readBody reads a JSON object with exactly the members that are known.
func readBody(r *http.Request, fields ...field) error {
	body, err := readJSON(r)
	if err != nil {
		return err
	}
	members, err := ordered.Parse(body)
	switch {
	case errors.Is(err, ordered.ErrNotObject):
		return badRequest("the body is not a JSON object")
	case err != nil:
		return badRequest("the body is not valid JSON: %v", err)
	}
	for _, m := range members {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == m.Name }) {
			return badRequest("the field %q is not known; known are %s", clip(m.Name), names(fields))
		}
	}
	for _, f := range fields {
		raw, there := members.Get(f.name)
		if !there {
			if f.required {
				return badRequest("the field %q is missing; %s is expected", f.name, f.what)
			}
			continue
		}
		if target, isRaw := f.into.(*json.RawMessage); isRaw {
			*target = bytes.Clone(raw)
			continue
		}
		if err := json.Unmarshal(raw, f.into); err != nil || f.required && string(raw) == "null" {
			return badRequest("the field %q is not %s", f.name, f.what)
		}
	}
	return nil
}

func readJSON(r *http.Request) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, &apiError{
			status: http.StatusUnsupportedMediaType, code: codeMediaType, message: "the Content-Type must be application/json",
		}
	}
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, err
	case err != nil:
		return nil, badRequest("the body cannot be read: %v", err)
	case !utf8.Valid(body):
		return nil, badRequest("the body is not valid UTF-8")
	}
	return body, nil
}

func names(fields []field) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = strconv.Quote(f.name)
	}
	return strings.Join(out, ", ")
}

// readQuery returns the parameters of a request, each at most once, and refuses others.
func readQuery(r *http.Request, known ...string) (map[string]string, error) {
	values := map[string]string{}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query cannot be read: %v", err)
	}
	for name, list := range query {
		switch {
		case !slices.Contains(known, name):
			return nil, badRequest("the parameter %q is not known here", clip(name))
		case len(list) > 1:
			return nil, badRequest("the parameter %q is given more than once", name)
		}
		values[name] = list[0]
	}
	return values, nil
}

// number reads a number of a version.
func number(text, what string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, badRequest("%s is %q; a whole number from 1 is expected", what, clip(text))
	}
	return n, nil
}

// clip shortens a text for a message.
func clip(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s…", strings.ToValidUTF8(text[:most], ""))
}
