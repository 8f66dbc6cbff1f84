package loader

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A version is a number that every JSON reader keeps, and texts cannot be moved from one field to the next unnoticed.
func TestContentToken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Ptr(rapid.String(), true), 1, 4)
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		tokenA, tokenB := contentToken(a...), contentToken(b...)
		if tokenA < 1 || tokenA >= 1<<53 {
			t.Fatalf("token %d", tokenA)
		}
		rawA, _ := json.Marshal(a)
		rawB, _ := json.Marshal(b)
		if (tokenA == tokenB) != (string(rawA) == string(rawB)) {
			t.Fatalf("tokens of %s and %s: %d, %d", rawA, rawB, tokenA, tokenB)
		}
	})
	ab, c, a, bc := "ab", "c", "a", "bc"
	if contentToken(&ab, &c) == contentToken(&a, &bc) {
		t.Error("the border between two texts does not count")
	}
}

// The version of a definition is the same however it is written.
func TestDefinitionVersion(t *testing.T) {
	t.Parallel()
	value := rapid.Map(rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.Int())), func(m map[string][]int) any { return m })
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "value")
		compact, _ := json.Marshal(v)
		indented, _ := json.MarshalIndent(v, " ", "\t")
		if definitionVersion(compact) != definitionVersion(indented) {
			t.Fatalf("white space changes the version of %s", compact)
		}
	})
	for name, pair := range map[string][2]string{
		"numbers beyond 2^53": {`{"n":9007199254740993}`, `{"n":9007199254740992}`},
		"text and number":     {`{"n":"1"}`, `{"n":1}`},
		"null and absent":     {`{"n":null}`, `{}`},
		"broken rows":         {`{"a`, `{"b`},
	} {
		if definitionVersion(json.RawMessage(pair[0])) == definitionVersion(json.RawMessage(pair[1])) {
			t.Errorf("%s: %s and %s have one version", name, pair[0], pair[1])
		}
	}
}

func FuzzCanonicalJSON(f *testing.F) {
	for _, seed := range []string{`{"b":1,"a":[1.50,"x"]}`, `1 2`, `{"a":{"a":null}}`, ``, `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		canonical, err := canonicalJSON(raw)
		if err != nil {
			return
		}
		again, err := canonicalJSON(canonical)
		if err != nil || string(again) != string(canonical) {
			t.Fatalf("canonical form of %q is %q, and of that %q (%v)", raw, canonical, again, err)
		}
	})
}

func FuzzStoredTime(f *testing.F) {
	for _, seed := range []string{"2026-01-05 10:11:12", "2026-01-05T10:11:12.345Z", "1767607872345", "yesterday", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var at storedTime
		if err := at.Scan(text); err != nil {
			t.Fatalf("Scan(%q): %v", text, err)
		}
		if at.time != nil && at.time.Location() != time.UTC {
			t.Fatalf("Scan(%q) is not in UTC: %v", text, at.time)
		}
	})
}

// Keys are forgotten when nothing can repeat their write any more, and not before.
func TestOldKeysAreForgotten(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	post, err := db.CreatePost(ctx, NewPost{Title: "Post"})
	if err != nil {
		t.Fatal(err)
	}
	for key, age := range map[string]time.Duration{"old": keyRetention + time.Hour, "young": keyRetention - time.Hour} {
		if _, err := db.AppendRecommendations(ctx, Change{PostID: post.ID, RunID: "run", Key: key}, key, "text"); err != nil {
			t.Fatal(err)
		}
		err := db.gorm.Model(&writeRow{}).Where("key = ?", key).
			Update("written_at_ms", time.Now().Add(-age).UnixMilli()).Error
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.SendToReview(ctx, post.ID); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]bool{"old": false, "young": true} {
		row, err := writeByKey(db.gorm, key)
		if err != nil || row.found() != want {
			t.Errorf("key %q is known: %v (error %v), want %v", key, row.found(), err, want)
		}
	}
}
