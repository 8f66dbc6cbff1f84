package refs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// resolve resolves a whole ref.
func resolve(t *testing.T, path, data string) (any, error) {
	t.Helper()
	template, faults := refs.Parse("!ref(" + path + ")")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return template.Resolve(newView(t, data), 1<<20)
}

func TestRegularExpressionsInFilters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ path, data, want string }{
		{`$.event[?search(@,'b.d')]`, `["abcde","ab\nd","x"]`, `abcde`},
		{`$.event[?match(@,'a.c')]`, `["abc","abcd","xabc"]`, `abc`},
		{`$.event[?match(@,'a|bc')]`, `["a","bc"]`, `[a bc]`},
		{`$.event[?match(@,'a|bc')]`, `["ax","xbc","a"]`, `a`},
		{`$.event[?match(@,'a)|(b')]`, `["a","b"]`, `<nil>`},
		{`$.event[?search(@,'(')]`, `["("]`, `<nil>`},
		{`$.event[?match(@.t, @.p)].t`, `[{"t":"aa","p":"a+"},{"t":"b","p":"a"},{"t":1,"p":"1"}]`, `aa`},
		{`$.event[?@ == 'search(' && !match(@,"search\\(")]`, `["search("]`, `<nil>`},
		{`$.event[?@.match == 1].match`, `[{"match":1}]`, `1`},
		{`$.event[?match(@,'\\p{Lu}.*')]`, `["Éa","éa"]`, `Éa`},
	} {
		got, err := resolve(t, tc.path, `{"event":`+tc.data+`}`)
		if err != nil || fmt.Sprint(got) != tc.want {
			t.Errorf("%s in %s: got %v, error %v, want %s", tc.path, tc.data, got, err, tc.want)
		}
	}
	_, faults := refs.Parse(`!ref($.event[?match(@)])`)
	if len(faults) != 1 || strings.Contains(faults[0].Error(), "bounded") {
		t.Errorf("got %v", faults)
	}
}

// A filter is a stranger's, and so is what it looks at. What it does for one item must not grow with all of the data.
func TestFiltersAreBounded(t *testing.T) {
	t.Parallel()
	items := strings.TrimSuffix(strings.Repeat(`"bbbbbbbbbb",`, 20_000), ",")
	text := strings.Repeat("b", 200_000)
	data := `{"event":{"xs":[` + items + `],"ps":[` + strings.TrimSuffix(strings.Repeat(`{"t":"b","p":"`+strings.Repeat("(b?){999}c", 20)+`"},`, 2000), ",") +
		`],"t":"` + text + `","small":["bbbbbbbbbb"],"deep":` + strings.Repeat(`[`, 900) + strings.Repeat(`]`, 900) + `}}`
	for path, large := range map[string]bool{
		`$.event.xs[?search(@,'` + strings.Repeat("(b?){999}c", 200) + `')]`: false,
		`$.event.xs[?search(@,'` + strings.Repeat("(b?){999}c", 20) + `')]`:  false,
		`$.event.ps[?search(@.t, @.p)]`:                                      false,
		`$.event[?search(@,'(b?){50}(b?){50}(b?){50}c')]`:                    false,
		`$.event.xs[?length($.event.t)==1]`:                                  true,
		`$.event.xs[?$.event['xs']!=$.event.xs]`:                             true,
		`$.event.xs[?(@ == $.event["xs"])]`:                                  true,
		`$..[?@==$.event.xs]`:                                                true,
		`$..[?@==$]`:                                                         true,
		`$.event.xs[?@==$.event.small[0]][0]`:                                false,
		`$.event..[?@[0]==@[0][0]]`:                                          false,
	} {
		start := time.Now()
		_, err := resolve(t, path, data)
		if errors.Is(err, refs.ErrLargeFilter) != large {
			t.Errorf("%.60s: got %v", path, err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%.60s took %v", path, took)
		}
	}
	for _, path := range []string{
		`$.event.xs[?` + strings.Repeat("@.a||", 600) + `@.b]`, `$.event[?@.a` + strings.Repeat("&&1==1", 100) + `]`,
	} {
		if _, faults := refs.Parse("!ref(" + path + ")"); len(faults) != 1 || !strings.Contains(faults[0].Error(), "64") {
			t.Errorf("%.60s: got %.300v", path, faults)
		}
	}
}

func TestFiltersCompareWithPlacesFromTheRoot(t *testing.T) {
	t.Parallel()
	data := `{"event":{"want":{"a b":[2]},"xs":[1,2,3]}}`
	for path, want := range map[string]any{
		`$.event.xs[?@ == $.event.want['a b'][0]]`:               json.Number("2"),
		`$.event.xs[?@ > $.event.want["a b"][0]]`:                json.Number("3"),
		`$.event.xs[?$.event.none && @ > 1]`:                     nil,
		`$.event.xs[?(@==$.event.want['a b'][0]) && $.event.xs]`: json.Number("2"),
	} {
		if got, err := resolve(t, path, data); err != nil || got != want {
			t.Errorf("%s: got %v, error %v, want %v", path, got, err, want)
		}
	}
}
