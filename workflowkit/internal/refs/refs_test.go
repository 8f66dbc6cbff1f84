package refs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// view is a view of a JSON object.
type view struct {
	all   map[string]any
	order jsonvalue.Order
}

func newView(t testing.TB, text string) *view {
	t.Helper()
	v := &view{}
	value, err := jsonvalue.Decode([]byte(text), &v.order)
	if err != nil {
		t.Fatal(err)
	}
	all, ok := value.(map[string]any)
	if !ok {
		t.Fatalf("%s is not an object", text)
	}
	v.all = all
	return v
}

func (v *view) Lookup(name string) (any, bool) {
	value, ok := v.all[name]
	return value, ok
}

func (v *view) State(id string) (any, bool) {
	state, _ := v.all["state"].(map[string]any)
	value, ok := state[id]
	return value, ok
}

func (v *view) All() map[string]any { return v.all }

func (v *view) Text(refs.Place, int, []refs.Member) ([]byte, bool) { return nil, false }

func (v *view) Order() *jsonvalue.Order { return &v.order }

const data = `{"event":{"name":"e","data":{"id":"7","n":1.50,"big":9007199254740993,"xs":[10,[20,21],30],"null":null,"no":false,
	"a b":"spaced","it's":"quoted","a\"b":"double","x)y":"paren","x]y":"bracket","é":"accent","$x":"dollar","1":"digit","-":"dash",
	"o":{"z":1,"a":{"y":2,"b":3}},"items":[{"id":1,"tags":["a"]},{"id":2,"tags":["b","c"]}],"evil":"!ref($.event.data.id)","":"empty"}},
	"state":{"1":{"result":"one"},"if-a":{"result":true},"10":[1,2]}}`

func TestPaths(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		`$.event.name`:                                    `"e"`,
		` $.event.name `:                                  `"e"`,
		`$['event']['name']`:                              `"e"`,
		`$["event"].name`:                                 `"e"`,
		`$.event.data.n`:                                  `1.50`,
		`$.event.data.big`:                                `9007199254740993`,
		`$.event.data.xs`:                                 `[10,[20,21],30]`,
		`$.event.data.xs[0]`:                              `10`,
		`$.event.data.xs.0`:                               `10`,
		`$.event.data.xs[-1]`:                             `30`,
		`$.event.data.xs[1][0]`:                           `20`,
		`$.event.data.xs[3]`:                              ``,
		`$.event.data.xs[-4]`:                             ``,
		`$.event.data.xs.length`:                          ``,
		`$.event.data.null`:                               `null`,
		`$.event.data.nothing`:                            ``,
		`$.event.data.nothing.at.all`:                     ``,
		`$.event.data.id.length`:                          ``,
		`$.event.data['a b']`:                             `"spaced"`,
		`$.event.data["a b"]`:                             `"spaced"`,
		`$.event.data['it\'s']`:                           `"quoted"`,
		`$.event.data["it's"]`:                            `"quoted"`,
		`$.event.data['a"b']`:                             `"double"`,
		`$.event.data["a\"b"]`:                            `"double"`,
		`$.event.data['x)y']`:                             `"paren"`,
		`$.event.data['x]y']`:                             `"bracket"`,
		`$.event.data['\u00e9']`:                          `"accent"`,
		`$.event.data.é`:                                  `"accent"`,
		`$.event.data.$x`:                                 `"dollar"`,
		`$.event.data.1`:                                  `"digit"`,
		`$.event.data[1]`:                                 ``,
		`$.event.data.-`:                                  `"dash"`,
		`$.event.data['']`:                                `"empty"`,
		`$.event.data.o`:                                  `{"z":1,"a":{"y":2,"b":3}}`,
		`$.event.data.constructor`:                        ``,
		`$.state.1`:                                       `{"result":"one"}`,
		`$.state.1.result`:                                `"one"`,
		`$.state['1'].result`:                             `"one"`,
		`$.state.10[1]`:                                   `2`,
		`$.state[1]`:                                      ``,
		`$.state.if-a.result`:                             `true`,
		`$.state['if-a'].result`:                          `true`,
		`$.state`:                                         `{"1":{"result":"one"},"if-a":{"result":true},"10":[1,2]}`,
		`$.state.nothing.x`:                               ``,
		`$.event.data.items[*].id`:                        `[1,2]`,
		`$.event.data.items.*.id`:                         `[1,2]`,
		`$.event.data.items[*].nothing`:                   ``,
		`$.event.data.items[*].tags[*]`:                   `["a","b","c"]`,
		`$.event.data.items[0]['id','tags']`:              `[1,["a"]]`,
		`$.event.data.items[0]['tags','id']`:              `[["a"],1]`,
		`$.event.data.items[1,0].id`:                      `[2,1]`,
		`$.event.data.items[0:1].id`:                      `1`,
		`$.event.data.items[::-1].id`:                     `[2,1]`,
		`$.event.data.items[?@.id == 2].id`:               `2`,
		`$.event.data.items[?@.id > 0].id`:                `[1,2]`,
		`$.event.data.items[?@.tags[?@ == 'c']].id`:       `2`,
		`$.event.data.items[?@.id == $.event.data.xs[0]]`: ``,
		`$.event.data.items[?length(@.tags) == 2].id`:     `2`,
		`$.event.data.items[?match(@.tags[0], 'a.*')].id`: `1`,
		`$..id`:                      `["7",1,2]`,
		`$.event.data.items..id`:     `[1,2]`,
		`$.event.data.items..['id']`: `[1,2]`,
		`$.event.data.o.*`:           `[{"y":2,"b":3},1]`, // sorted by name
		`$.state.*.result`:           `["one",true]`,
		`$`:                          ``,
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			v := newView(t, data)
			path, err := refs.ParsePath(text)
			if err != nil {
				t.Fatal(err)
			}
			value, ok := path.Select(v)
			if text == "$" {
				if !ok || len(value.(map[string]any)) != 2 {
					t.Errorf("got %v", value)
				}
				return
			}
			if !ok {
				if want != "" {
					t.Errorf("found nothing, want %s", want)
				}
				return
			}
			got, err := jsonvalue.Append(nil, value, &v.order, math.MaxInt)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestPathErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		``:                               "must start with $",
		`event.data`:                     "must start with $",
		`$event`:                         "expected . or [",
		`$.`:                             "expected a name",
		`$.event.`:                       "expected a name",
		`$.event data`:                   "expected . or [",
		`$.event.a/b`:                    "expected . or [",
		`$.event[`:                       "not closed",
		`$.event['a]`:                    "not closed",
		`$.event[]`:                      "jsonpath",
		`$.event[-0]`:                    "jsonpath",
		`$.event[01]`:                    "jsonpath",
		`$.event[a]`:                     "jsonpath",
		`$.event[?]`:                     "jsonpath",
		"$.event['\x01']":                "jsonpath",
		`$.event..`:                      "expected a name",
		`$..a..b`:                        "more than one descendant",
		`$..a[?@..b]`:                    "more than one descendant",
		`$[?@.a == $..b]`:                "a single place only",
		`$.event[?$.event[*].a == 1]`:    "a single place only",
		`$[0,0,0][0,0,0][0,0,0][0,0,0]`:  "more than 64 selectors",
		"$." + strings.Repeat("a", 5000): "longer than 4096 bytes",
		"$.\xff":                         "expected a name",
	}
	for text, want := range cases {
		name := text
		if len(name) > 40 {
			name = name[:40]
		}
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			t.Parallel()
			path, err := refs.ParsePath(text)
			if err == nil {
				t.Fatalf("no error; the path is %v", path)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got %q, want %q in it", err, want)
			}
		})
	}
}

func TestPathParts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		root, action string
		members      []string
		whole        bool
	}{
		`$.event.data.id`:     {root: "event", members: []string{"event", "data", "id"}, whole: true},
		`$.state.1.result`:    {root: "state", action: "1", members: []string{"state", "1", "result"}, whole: true},
		`$.state['a.b'].x[*]`: {root: "state", action: "a.b", members: []string{"state", "a.b", "x"}},
		`$.state[0]`:          {root: "state", members: []string{"state", "0"}, whole: true},
		`$.state[*].x`:        {root: "state", members: []string{"state"}},
		`$..x`:                {},
		`$`:                   {whole: true},
		`$['state']["1"]`:     {root: "state", action: "1", members: []string{"state", "1"}, whole: true},
	}
	for text, tc := range cases {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			path, err := refs.ParsePath(text)
			if err != nil {
				t.Fatal(err)
			}
			members, whole := path.Members()
			var names []string
			for _, m := range members {
				names = append(names, m.Name)
			}
			action, _ := path.Action()
			if diff := cmp.Diff(tc.members, names); diff != "" || path.Root() != tc.root || action != tc.action || whole != tc.whole {
				t.Errorf("got root %q, action %q, members %q, whole %v", path.Root(), action, names, whole)
			}
		})
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		`!ref($.event.data.n)`:       `1.50`,
		`!ref($.event.data.o)`:       `{"z":1,"a":{"y":2,"b":3}}`,
		`!ref($.event.data.nothing)`: `null`,
		`no ref`:                     `"no ref"`,
		``:                           `""`,
		`!re($.event)`:               `"!re($.event)"`,
		`<!ref($.event.data.o)>`:     `"<{\"z\":1,\"a\":{\"y\":2,\"b\":3}}>"`,
		`<!ref($.event.data.xs)>`:    `"<[10,[20,21],30]>"`,
		`<!ref($.event.data.nothing)!ref($.event.data.null)>`: `"<>"`,
		`<!ref($.event.data.no)>`:                             `"<false>"`,
		`<!ref($.event.data['x)y'])>`:                         `"<paren>"`,
		`<!ref($.event.data["x)y"])>`:                         `"<paren>"`,
		`!ref($.event.data.id) and !ref($.state.1.result)`:    `"7 and one"`,
		`!ref($.event.data.id) (note)`:                        `"7 (note)"`,
		`!ref($.event.data.evil)`:                             `"!ref($.event.data.id)"`,
		`<!ref($.event.data.evil)>`:                           `"<!ref($.event.data.id)>"`,
		`!ref($.event.data.items[?(@.id == 2)].id)!`:          `"2!"`,
		`((!ref($.event.data.id)))`:                           `"((7))"`,
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			v := newView(t, data)
			template, faults := refs.Parse(text)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			value, err := template.Resolve(v, 1000)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jsonvalue.Append(nil, value, &v.order, math.MaxInt)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestTemplateErrors(t *testing.T) {
	t.Parallel()
	cases := map[string][]string{
		`!ref(`:                         {"!ref("},
		`!ref()`:                        {"!ref()"},
		`a !ref($.x`:                    {"!ref($.x"},
		`!ref(a) !ref($.event) !ref(b)`: {"!ref(a)", "!ref(b)"},
		`!ref($.event.data['x)`:         {"!ref($.event.data['x)"},
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			template, faults := refs.Parse(text)
			if template != nil {
				t.Error("a template in spite of faults")
			}
			var got []string
			for _, err := range faults {
				var fault *refs.Error
				if !errors.As(err, &fault) || fault.Unwrap() == nil || !strings.Contains(err.Error(), fault.Ref) {
					t.Fatalf("got %v", err)
				}
				got = append(got, fault.Ref)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
	long := "!ref($." + strings.Repeat("a", 5000) + ")"
	if _, faults := refs.Parse(long); len(faults) != 1 || !strings.Contains(faults[0].Error(), "within 4096 bytes") {
		t.Errorf("a ref that is too long: %.200v", faults)
	}
}

func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	v := newView(t, `{"event":"`+strings.Repeat("x", 600)+`"}`)
	template, faults := refs.Parse("!ref($.event)!ref($.event)")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, err := template.Resolve(v, 1000); !errors.Is(err, jsonvalue.ErrTooLong) {
		t.Errorf("got %v, want ErrTooLong", err)
	}
	if value, err := template.Resolve(v, 1200); err != nil || len(value.(string)) != 1200 {
		t.Errorf("got %v", err)
	}
}

// What a query costs must grow with the data and no faster.
func TestQueriesAreLinear(t *testing.T) {
	t.Parallel()
	list := strings.TrimSuffix(strings.Repeat(`{"a":{"b":[1,2,3]}},`, 20_000), ",")
	v := newView(t, `{"event":{"data":[`+list+`]}}`)
	for _, text := range []string{`$..b[?@ == 3]`, `$..*`, `$.event.data[?@.a.b[?@ == 2]]`, `$.event.data[*,*,*,*].a.b[0,1,2]`, `$..[?@.a == $.event.name]`} {
		path, err := refs.ParsePath(text)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		path.Select(v)
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s took %v", text, took)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, text := range []string{`$.state.1.result`, `$['a'].b[0][*]..c`, `$.a[?@.b == 'c' && !@.d]`, `$[1:2,'x']`, `$.a-b.1`} {
		f.Add(text)
	}
	v := newView(f, data)
	f.Fuzz(func(t *testing.T, text string) {
		path, err := refs.ParsePath(text)
		if err != nil {
			return
		}
		first, okFirst := path.Select(v)
		again, err := refs.ParsePath(path.String())
		if err != nil {
			t.Fatalf("%q is read as %q, which is not a path: %v", text, path, err)
		}
		second, okSecond := again.Select(v)
		if okFirst != okSecond || fmt.Sprint(first) != fmt.Sprint(second) {
			t.Errorf("%q finds %v, then %v", text, first, second)
		}
		if raw, err := json.Marshal(first); err != nil {
			t.Errorf("%q finds %v, which is not JSON: %v", text, first, err)
		} else if okFirst && len(raw) > 100*len(data) {
			t.Errorf("%q finds %d bytes in %d", text, len(raw), len(data))
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{`!ref($.event.data.n)`, `a !ref($.event) b !ref($.state['1']) c`, `!ref(!ref($.event))`, `!ref($.event.data["x)y"])`} {
		f.Add(text)
	}
	v := newView(f, data)
	f.Fuzz(func(t *testing.T, text string) {
		template, faults := refs.Parse(text)
		if (template == nil) == (len(faults) == 0) {
			t.Fatalf("%q: template %v with faults %v", text, template, faults)
		}
		if template == nil {
			return
		}
		value, err := template.Resolve(v, 1<<20)
		if err != nil {
			return
		}
		switch _, whole := template.Whole(); {
		case whole:
		case len(template.Paths()) == 0 && value != text:
			t.Errorf("%q without refs became %q", text, value)
		default:
			if _, ok := value.(string); !ok {
				t.Errorf("%q became %v", text, value)
			}
		}
	})
}
