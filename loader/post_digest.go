package loader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// PostsDigest returns a text that differs when the list of posts does: a post was added or removed, or its title, status
// or error has changed, or its texts have another length. It reads no texts, so that it can be asked for often.
func (db *DB) PostsDigest(ctx context.Context) (string, error) {
	rows, err := db.read(ctx).Table(postsTable).Select(`id, coalesce(title, ''), coalesce(status, ''), coalesce(workflow_error, ''),
		coalesce(length(markdown), 0), coalesce(length(markdown_ai_revision), -1), coalesce(length(ai_publishing_recommendations), -1)`).
		Order("id").Rows()
	if err != nil {
		return "", wrap(ctx, err, "digest posts")
	}
	defer func() { _ = rows.Close() }()
	sum := sha256.New()
	for rows.Next() {
		var id, markdown, revision, recommendations int64
		var title, status, problem string
		if err := rows.Scan(&id, &title, &status, &problem, &markdown, &revision, &recommendations); err != nil {
			return "", wrap(ctx, err, "digest posts")
		}
		_, _ = fmt.Fprintf(sum, "%d %q %q %q %d %d %d\n", id, title, status, problem, markdown, revision, recommendations)
	}
	return hex.EncodeToString(sum.Sum(nil)), wrap(ctx, rows.Err(), "digest posts")
}
