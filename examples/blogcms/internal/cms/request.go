package cms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/loader"
)

// maxBody bounds the body of a request. The largest thing in one is a workflow, which the engine bounds by 3 MiB.
const maxBody = 4 << 20

// pathID returns the id in the path. What cannot be an id is the id of nothing.
func pathID(r *http.Request, what string) (int64, error) {
	text := mux.Vars(r)["id"]
	id, err := loader.ParseID(text)
	if err != nil {
		return 0, notFound("there is no %s %q", what, text)
	}
	return id, nil
}

// readBody returns the JSON of a request, or nothing if its body is empty.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, bodyTooLarge(tooLarge)
	case err != nil:
		return nil, invalid("", "the body could not be read: %v", err)
	}
	if len(body) == 0 {
		return nil, nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return nil, &failure{
			Status: http.StatusUnsupportedMediaType, Code: codeMediaType,
			Message: fmt.Sprintf("the body must be JSON with Content-Type application/json, not %q", r.Header.Get("Content-Type")),
		}
	}
	return body, nil
}

// readObject reads the JSON of a request into v, a pointer to a struct that has all fields.
func readObject(r *http.Request, v any) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return invalid("", "the body is empty, a JSON object is needed")
	}
	return decode(body, v)
}

func decode(body []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return decodeFailure(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("", "there is something after the JSON object")
	}
	return nil
}

func decodeFailure(err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return invalid("", "the body is not JSON: %v at byte %d", err, syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return invalid("", "the body is not JSON: it ends too early")
	case errors.As(err, &mistyped):
		if mistyped.Field == "" {
			return invalid("", "the body is a JSON %s, an object is needed", mistyped.Value)
		}
		return invalid(mistyped.Field, "field %q is a JSON %s, a %s is needed", mistyped.Field, mistyped.Value, typeName(mistyped))
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if field, err := strconv.Unquote(quoted); err == nil {
			return invalid(field, "there is no field %q", field)
		}
	}
	return invalid("", "the body cannot be read: %v", err)
}

func typeName(err *json.UnmarshalTypeError) string {
	switch err.Type.Kind().String() {
	case "string":
		return "string"
	case "bool":
		return "boolean"
	case "int64":
		return "whole number"
	default:
		return err.Type.String()
	}
}

// ifMatch returns the version that a request demands, or an empty string if it demands none.
func ifMatch(r *http.Request) (string, error) {
	value := strings.TrimSpace(r.Header.Get("If-Match"))
	if value == "" || value == "*" {
		return "", nil
	}
	version := strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
	if value != `"`+version+`"` || version == "" || strings.Contains(version, `"`) {
		return "", invalid("If-Match", "the header If-Match is %q, one quoted ETag is needed", value)
	}
	return version, nil
}

// stale is the answer to a request whose demand is not met.
func stale() error {
	return &failure{
		Status: http.StatusPreconditionFailed, Code: codeStale,
		Message: "somebody else has changed this since the ETag in If-Match was given; load it again and repeat the change",
	}
}
