package workflowkit

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// A schema comes from a developer and a value from a stranger, who must not be able to do anything with it: no panic, no
// look at files or the network, no more time than the text is worth. What is simple must be judged as what is not.
func FuzzSchema(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"type":"string","minLength":2,"pattern":"^a+$"}`, `"aaaa"`},
		{`{"type":["integer","null"],"minimum":3}`, `2`},
		{`{"type":"object","properties":{"a":{"type":"number"}},"required":["a","b"],"additionalProperties":false}`, `{"a":"x","c":[]}`},
		{`{"anyOf":[{"const":"x"},{"type":"array","items":{"type":"boolean"}}]}`, `[true,1]`},
		{`{"$ref":"file:///etc/passwd"}`, `1`},
		{`{"$ref":"http://example.com/schema"}`, `1`},
		{`{"$ref":"#"}`, `{"a":{"a":{}}}`},
		{`{"$defs":{"n":{"properties":{"n":{"$ref":"#/$defs/n"}}}},"$ref":"#/$defs/n"}`, `{"n":{"n":{"n":1}}}`},
		{`{"type":"string","format":"date-time"}`, `"yesterday"`},
		{`{"enum":[1,1.0,{"a":1}]}`, `{"a":1.0}`},
		{`{"multipleOf":0.01}`, `1e308`},
		{`{"uniqueItems":true}`, `[1,1.0,"1"]`},
		{`{"type":"string","pattern":"("}`, `""`},
		{`true`, `1`},
		{`false`, `1`},
		{`[]`, `1`},
		{`{"type":7}`, `1`},
		{`{"type":"integer"}`, `9007199254740993`},
		{`{"type":"integer"}`, `1.0`},
		{`{"type":"integer"}`, `1e2`},
		{`{"type":"integer"}`, `1e999999`},
		{`{"minimum":3}`, `1e1000001`},
		{`{"multipleOf":1e-1000001}`, `1`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, rawSchema, rawValue string) {
		if len(rawSchema)+len(rawValue) > 1<<14 {
			return
		}
		start := time.Now()
		s, err := compileSchema(json.RawMessage(rawSchema))
		value, invalid := jsonvalue.Decode([]byte(rawValue), nil)
		if err != nil || invalid != nil {
			return
		}
		faults := s.check(value)
		if len(faults) > maxFaults {
			t.Errorf("%d faults are reported, at most %d should be", len(faults), maxFaults)
		}
		if compact, err := jsonvalue.Append(nil, value, nil, 1<<20); err == nil && s.accepts(compact) && len(faults) > 0 {
			t.Errorf("%s is accepted by its type, and does not fit: %v", compact, faults)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("schema %q and value %q took %v", rawSchema, rawValue, took)
		}
	})
}
