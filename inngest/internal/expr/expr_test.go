package expr_test

import (
	"errors"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

func vars() map[string]any {
	return map[string]any{
		"event": map[string]any{"name": "e", "data": map[string]any{
			"id": "42", "num": 42.0, "half": 42.5, "none": nil, "flag": true, "off": false, "big": 9007199254740992.0,
			"list": []any{"a", "b"}, "obj": map[string]any{"k": "v"}, "json": `{"a":1}`,
		}},
		"async": map[string]any{"name": "a", "data": map[string]any{"id": "42", "num": 42.0, "approved": true}},
	}
}

func TestTrue(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		source string
		want   bool
	}{
		"equal strings match":                         {`event.data.id == async.data.id`, true},
		"equal numbers match":                         {`event.data.num == async.data.num`, true},
		"a string never equals a number":              {`event.data.id == async.data.num`, false},
		"string() bridges the two":                    {`string(event.data.num) == string(async.data.num)`, true},
		"string() of a number equals the text":        {`event.data.id == string(async.data.num)`, true},
		"literals with single quotes work":            {`async.data.id == '42'`, true},
		"an integer literal equals a JSON number":     {`async.data.num == 42`, true},
		"a missing field equals nothing":              {`async.data.nope == "x"`, false},
		"a missing parent equals nothing":             {`async.data.nope.deeper == "x"`, false},
		"a field of a string equals nothing":          {`async.data.id.deeper == "x"`, false},
		"a missing field equals null":                 {`async.data.nope == null`, true},
		"a missing field differs from a value":        {`async.data.nope != false`, true},
		"a missing field does not differ from null":   {`async.data.nope != null`, false},
		"two missing fields are not equal":            {`async.data.a == event.data.a`, false},
		"missing is less than anything":               {`async.data.nope < 3`, true},
		"nothing is less than missing":                {`3 < async.data.nope`, false},
		"missing is not greater":                      {`async.data.nope >= 3`, false},
		"anything is greater than missing":            {`3 >= async.data.nope`, true},
		"and takes both":                              {`async.data.approved && event.data.flag`, true},
		"and with a false side is false":              {`async.data.approved && event.data.off`, false},
		"and with a missing side is false":            {`async.data.approved == true && async.data.nope == 1`, false},
		"or with one missing side uses the other":     {`async.data.nope == 1 || async.data.approved == true`, true},
		"not negates":                                 {`!event.data.off`, true},
		"not of a missing field is false":             {`!event.data.nope`, false},
		"a null field equals null":                    {`event.data.none == null`, true},
		"null differs from text":                      {`event.data.none != "x"`, true},
		"null compares as zero":                       {`event.data.none < 3`, true},
		"in finds a member":                           {`"a" in event.data.list`, true},
		"in a missing list is false":                  {`"a" in event.data.nope`, false},
		"size counts":                                 {`size(event.data.list) == 2`, true},
		"size of missing is zero":                     {`size(event.data.nope) == 0`, true},
		"the size method counts":                      {`event.data.list.size() == 2`, true},
		"exists loops":                                {`event.data.list.exists(x, x == "b")`, true},
		"exists that finds nothing is false":          {`event.data.list.exists(x, x == "c")`, false},
		"all loops":                                   {`event.data.list.all(x, x != "c")`, true},
		"has finds a field":                           {`has(event.data.id)`, true},
		"has of a missing field is false":             {`has(event.data.nope)`, false},
		"index syntax reaches a field":                {`event.data["id"] == "42"`, true},
		"startsWith works on text":                    {`event.data.id.startsWith("4")`, true},
		"a function of a missing field is false":      {`event.data.nope.startsWith("4")`, false},
		"lowercase folds":                             {`lowercase("AbC") == "abc"`, true},
		"uppercase folds":                             {`uppercase("AbC") == "ABC"`, true},
		"b64decode decodes":                           {`b64decode("aGk=") == "hi"`, true},
		"json_parse reads":                            {`json_parse(event.data.json).a == 1`, true},
		"concatenation works":                         {`event.data.id + "x" == "42x"`, true},
		"concatenation with missing keeps the other":  {`event.data.nope + "x" == "x"`, true},
		"the conditional chooses by truth":            {`event.data.id ? true : false`, true},
		"the conditional on missing takes the second": {`event.data.nope ? true : false`, false},
		"a text is not true by itself":                {`event.data.id`, false},
		"constant true is true":                       {`true`, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := expr.Compile(c.source)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.True(vars()); got != c.want {
				t.Errorf("%s = %v, want %v (value %#v)", c.source, got, c.want, p.Value(vars()))
			}
		})
	}
}

func TestValueOfKeys(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		source string
		want   any
	}{
		"text stays text":           {`event.data.id`, "42"},
		"a number is a float":       {`event.data.num`, 42.0},
		"a missing key is false":    {`event.data.nope`, false},
		"a composed key is joined":  {`event.data.id + "-" + event.name`, "42-e"},
		"or yields the first truth": {`event.data.nope || event.data.id`, "42"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := expr.Compile(c.source)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Value(vars()); got != c.want {
				t.Errorf("%s = %#v, want %#v", c.source, got, c.want)
			}
		})
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"an assignment":         `event.data.id = async.data.id`,
		"an unknown variable":   `foo.bar == 1`,
		"an unknown function":   `frobnicate(event.data.id)`,
		"an unfinished bracket": `(event.data.id == "x"`,
		"nothing at all":        ``,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := expr.Compile(source)
			var compile *expr.CompileError
			if !errors.As(err, &compile) || compile.Source != source {
				t.Fatalf("got %v, want a CompileError that names the source", err)
			}
		})
	}
}

func TestRestricted(t *testing.T) {
	t.Parallel()
	for source, ok := range map[string]bool{
		`event.data.id == async.data.id`:                true,
		`string(event.data.id) == string(async.data.x)`: true,
		`async.data.id in ["1", "2"]`:                   true,
		`event.data.list.exists(x, x == "a")`:           false,
		`has(async.data.id)`:                            false,
		`lowercase(async.data.id) == "x"`:               false,
		`event.data.a + "x" == async.data.a`:            false,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			p, err := expr.Compile(source)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Restricted() == nil; got != ok {
				t.Errorf("allowed = %v, want %v: %v", got, ok, p.Restricted())
			}
		})
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`event.data.id == async.data.id`, `!a ? b : c`, `size(event.data.x) > 2 && "a" in event.data.l`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		p, err := expr.Compile(source)
		if err != nil {
			return
		}
		p.True(vars()) // must neither panic nor hang
	})
}
