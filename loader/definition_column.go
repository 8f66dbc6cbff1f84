package loader

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
)

// storedJSON is a definition as its column holds it: jsonb on Postgres, text on SQLite. nil stands for NULL and for
// the JSON value null.
type storedJSON json.RawMessage

// Scan implements sql.Scanner. A SQLite column of type JSONB turns text that looks like a number into one, and may
// hold text that is not JSON at all: it then reads as a JSON string, so that it can be shown and is refused by
// whoever validates it, and one broken row does not break the list of all.
func (s *storedJSON) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*s = nil
	case []byte:
		*s = readableJSON(v)
	case string:
		*s = readableJSON([]byte(v))
	case int64:
		*s = storedJSON(strconv.FormatInt(v, 10))
	case float64:
		*s = storedJSON(strconv.FormatFloat(v, 'g', -1, 64))
	default:
		return fmt.Errorf("workflow of type %T", value)
	}
	return nil
}

func readableJSON(raw []byte) storedJSON {
	if isNull(raw) {
		return nil
	}
	if json.Valid(raw) {
		return bytes.Clone(raw)
	}
	quoted, _ := json.Marshal(string(raw))
	return quoted
}

// Value implements driver.Valuer. It is text for both databases, so that nothing but the database changes a byte.
func (s storedJSON) Value() (driver.Value, error) {
	if s == nil {
		return nil, nil
	}
	return string(s), nil
}

// column returns the value to store. SQLite gets null as JSON text, because the column of the other application does
// not allow NULL.
func (db *DB) definitionValue(definition json.RawMessage) storedJSON {
	switch {
	case !isNull(definition):
		return storedJSON(definition)
	case db.dialect == dialectSQLite:
		return storedJSON("null")
	default:
		return nil
	}
}

func checkDefinition(definition json.RawMessage) error {
	if isNull(definition) {
		return nil
	}
	if !json.Valid(definition) {
		return fmt.Errorf("%w definition: it is not JSON", ErrInvalid)
	}
	if bytes.TrimSpace(definition)[0] != '{' {
		return fmt.Errorf("%w definition: a JSON object is needed", ErrInvalid)
	}
	return checkText("definition", string(definition))
}
