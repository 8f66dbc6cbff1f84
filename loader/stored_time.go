package loader

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// storedTime is a created_at. Postgres has a type for it; a SQLite column holds whatever the application that wrote
// the row stores: text in one of several layouts, or an integer of Unix milliseconds.
type storedTime struct {
	time *time.Time
	raw  any // what is written: set for new rows only
}

// Layouts in which applications store times in SQLite. The first is that of CURRENT_TIMESTAMP.
var timeLayouts = []string{
	time.DateTime,
	time.RFC3339Nano,
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04",
	time.DateOnly,
}

// Scan implements sql.Scanner. A value that is no time reads as none: one odd row must not hide all others.
func (t *storedTime) Scan(value any) error {
	*t = storedTime{}
	var at time.Time
	switch v := value.(type) {
	case nil:
		return nil
	case time.Time:
		at = v
	case int64:
		at = time.UnixMilli(v)
	case float64:
		at = time.UnixMilli(int64(v))
	case []byte:
		return t.Scan(string(v))
	case string:
		var ok bool
		if at, ok = parseTime(strings.TrimSpace(v)); !ok {
			return nil
		}
	default:
		return fmt.Errorf("created_at of type %T", value)
	}
	at = at.UTC()
	t.time = &at
	return nil
}

// Value implements driver.Valuer.
func (t storedTime) Value() (driver.Value, error) { return t.raw, nil }

func parseTime(text string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// sqliteNow returns the present time in the representation of the table's newest row, so that the other application
// can read it, and sorts it, like one of its own.
func sqliteNow(tx *gorm.DB, table string) (storedTime, error) {
	var last struct{ Kind, Text string }
	err := tx.Table(table).
		Select("typeof(created_at) AS kind, CAST(created_at AS TEXT) || '' AS text").
		Where("created_at IS NOT NULL").Order("id DESC").Limit(1).Find(&last).Error
	if err != nil {
		return storedTime{}, err
	}
	now := time.Now().UTC()
	switch {
	case last.Kind == "integer", last.Kind == "real":
		return storedTime{raw: now.UnixMilli()}, nil
	case strings.Contains(last.Text, "T") && strings.HasSuffix(last.Text, "Z"):
		return storedTime{raw: now.Format("2006-01-02T15:04:05.000Z")}, nil
	case strings.Contains(last.Text, "T"):
		return storedTime{raw: now.Format("2006-01-02T15:04:05.000-07:00")}, nil
	default:
		return storedTime{raw: now.Format(time.DateTime)}, nil
	}
}
