package local

import "encoding/json"

type rawJSON = json.RawMessage

// decode turns JSON into the values that expressions work on. What is not JSON becomes nil.
func decode(raw json.RawMessage) any {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return value
}

func (e *RunError) encode() json.RawMessage {
	raw, err := json.Marshal(e)
	if err != nil {
		return json.RawMessage(`{"name":"Error","message":"the error cannot be encoded"}`)
	}
	return raw
}
