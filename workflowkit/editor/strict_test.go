package editor_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
)

func TestRequestsAreReadStrictly(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.create("Sample", one("a"))
	cases := map[string]struct {
		method, path, body string
		header             []string
		status             int
		code, message      string
	}{
		"no JSON":                        {method: "POST", path: "/api/workflows", body: `{"name":`, message: "not valid JSON"},
		"more than one value":            {method: "POST", path: "/api/workflows", body: `{"name":"x"}{}`, message: "not valid JSON"},
		"a list":                         {method: "POST", path: "/api/workflows", body: `[]`, message: "not a JSON object"},
		"nothing":                        {method: "POST", path: "/api/workflows", body: "", message: "not valid JSON"},
		"not UTF-8":                      {method: "POST", path: "/api/workflows", body: "{\"name\":\"\xff\"}", message: "UTF-8"},
		"an unknown field":               {method: "POST", path: "/api/workflows", body: `{"name":"x","nmae":"y"}`, message: `"nmae" is not known; known are "name", "description", "trigger", "enabled"`},
		"a field in another case":        {method: "POST", path: "/api/workflows", body: `{"Name":"x"}`, message: `"Name" is not known`},
		"a form":                         {method: "POST", path: "/api/workflows", body: "name=x", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: "unsupported_media_type", message: "application/json"},
		"text that could be a form":      {method: "POST", path: "/api/workflows", body: `{"name":"x"}`, header: []string{"Content-Type", "text/plain"}, status: 415, code: "unsupported_media_type", message: "application/json"},
		"no name":                        {method: "POST", path: "/api/workflows", body: `{}`, message: `"name" is missing`},
		"an empty name":                  {method: "POST", path: "/api/workflows", body: `{"name":"  "}`, message: "name is empty"},
		"a name that is a number":        {method: "POST", path: "/api/workflows", body: `{"name":1}`, message: `"name" is not a text`},
		"a long name":                    {method: "POST", path: "/api/workflows", body: `{"name":"` + strings.Repeat("ä", 201) + `"}`, message: "201 characters, at most 200"},
		"a NUL in a name":                {method: "POST", path: "/api/workflows", body: `{"name":"a\u0000"}`, message: "U+0000"},
		"two lines in a trigger":         {method: "PATCH", path: "/api/workflows/1", body: `{"trigger":"a\nb"}`, message: "U+000A"},
		"a long description":             {method: "PATCH", path: "/api/workflows/1", body: `{"description":"` + strings.Repeat("x", 4001) + `"}`, message: "4001 characters"},
		"enabled as a text":              {method: "PATCH", path: "/api/workflows/1", body: `{"enabled":"true"}`, message: `"enabled" is not true or false`},
		"a save without a base":          {method: "POST", path: "/api/workflows/1/versions", body: `{"definition":{}}`, message: `"base" is missing`},
		"a save on null":                 {method: "POST", path: "/api/workflows/1/versions", body: `{"base":null,"definition":{}}`, message: `"base" is not the number`},
		"a save on a fraction":           {method: "POST", path: "/api/workflows/1/versions", body: `{"base":1.5,"definition":{}}`, message: `"base" is not the number`},
		"a save on less than nothing":    {method: "POST", path: "/api/workflows/1/versions", body: `{"base":-1,"definition":{}}`, message: `"base" is -1`},
		"a save of nothing":              {method: "POST", path: "/api/workflows/1/versions", body: `{"base":1}`, message: `"definition" is missing`},
		"a save of null":                 {method: "POST", path: "/api/workflows/1/versions", body: `{"base":1,"definition":null}`, message: "a workflow is expected"},
		"a save of a text":               {method: "POST", path: "/api/workflows/1/versions", body: `{"base":1,"definition":"{}"}`, status: 422, code: "invalid", message: "an error"},
		"a long note":                    {method: "POST", path: "/api/workflows/1/versions", body: `{"base":1,"definition":{},"note":"` + strings.Repeat("x", 1001) + `"}`, message: "the note has 1001"},
		"a version that is none":         {method: "GET", path: "/api/workflows/1/versions/01", message: "a whole number from 1"},
		"version 0":                      {method: "GET", path: "/api/workflows/1/versions/0", message: "a whole number from 1"},
		"a version beyond all":           {method: "GET", path: "/api/workflows/1/versions/99999999999999999999", message: "a whole number from 1"},
		"a diff without an end":          {method: "GET", path: "/api/workflows/1/diff?from=1", message: `"to"`},
		"a diff with more":               {method: "GET", path: "/api/workflows/1/diff?from=1&to=1&x=1", message: `"x" is not known`},
		"a diff from two":                {method: "GET", path: "/api/workflows/1/diff?from=1&from=1&to=1", message: "more than once"},
		"a query that is none":           {method: "GET", path: "/api/workflows/1/runs?limit=%zz", message: "cannot be read"},
		"no runs at all":                 {method: "GET", path: "/api/workflows/1/runs?limit=0", message: "from 1 to 200"},
		"too many runs":                  {method: "GET", path: "/api/workflows/1/runs?limit=201", message: "from 1 to 200"},
		"runs in no state":               {method: "GET", path: "/api/workflows/1/runs?status=happy", message: "no run can have"},
		"a publication of nothing":       {method: "POST", path: "/api/workflows/1/publish", body: `{}`, message: `"version" is missing`},
		"an event that is a text":        {method: "POST", path: "/api/dry-run", body: `{"definition":{},"event":"x"}`, message: `"event" is not an event`},
		"outputs that are a list":        {method: "POST", path: "/api/dry-run", body: `{"definition":{},"outputs":[]}`, message: `"outputs" is not an object`},
		"scopes of too many":             {method: "POST", path: "/api/validate", body: `{"definition":{},"scope_of":[` + strings.Repeat(`"x",`, 500) + `"x"]}`, message: "501 ids"},
		"an unknown address":             {method: "GET", path: "/api/workflow", status: 404, code: "not_found", message: "nothing at this address"},
		"a method that is not known":     {method: "DELETE", path: "/api/workflows/1", status: 405, code: "method_not_allowed", message: "GET, PATCH"},
		"a page that is not to be read":  {method: "POST", path: "/workflows/1", status: 405},
		"an asset that is not to change": {method: "PUT", path: "/assets/x.js", status: 405},
		"an asset that is not there":     {method: "GET", path: "/assets/x.js", status: 404},
		"an asset above the others":      {method: "GET", path: "/assets/..%2findex.html", status: 404},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body any
			if tc.method != http.MethodGet {
				body = tc.body
			}
			got := (&bed{T: t, url: b.url, client: b.client, as: b.as}).do(tc.method, tc.path, body, tc.header...)
			if tc.status == 0 {
				tc.status, tc.code = http.StatusBadRequest, "bad_request"
			}
			if tc.code == "" {
				got.want(tc.status)
				return
			}
			got.refused(tc.status, tc.code, tc.message)
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *editor.Config) { c.MaxBody = 100 })
	b.create("Sample")
	for _, path := range []string{"/api/workflows", "/api/validate", "/api/dry-run", "/api/workflows/1/versions"} {
		b.post(path, `{"definition":"`+strings.Repeat("x", 200)+`"}`).refused(http.StatusRequestEntityTooLarge, "too_large", "100 bytes")
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for encoding, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "identity": "", "br": ""} {
		got := b.do(http.MethodGet, "/api/catalog", nil, "Accept-Encoding", encoding).want(http.StatusOK)
		if got.header.Get("Content-Encoding") != want || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: answered with %q", encoding, got.header.Get("Content-Encoding"))
		}
	}
}

func TestWhatBrowsersKeep(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	for _, path := range []string{"/", "/api/session", "/api/nothing", "/workflows/1", "/assets/none"} {
		if got := b.get(path).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}
