package loader

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// touchInterval is how precisely the last use of a session is stored: not every request writes.
const touchInterval = time.Minute

// SessionLimits say how long a session lasts. Both must be positive.
type SessionLimits struct {
	// Idle is how long it lasts without being used, to about a minute.
	Idle time.Duration
	// Absolute is how long it lasts at most.
	Absolute time.Duration
}

// Session is a browser in which a user is signed in.
type Session struct {
	// User is as the table of users has it now: a role that has changed is the new one.
	User User
	// CreatedAt is when the user signed in.
	CreatedAt time.Time
}

type sessionRow struct {
	TokenHash   string `gorm:"column:token_hash;primaryKey"`
	UserID      string `gorm:"column:user_id"`
	CreatedAtMS int64  `gorm:"column:created_at_ms"`
	SeenAtMS    int64  `gorm:"column:seen_at_ms"`
	ExpiresAtMS int64  `gorm:"column:expires_at_ms"`
}

// TableName names the table for gorm.
func (sessionRow) TableName() string { return sessionsTable }

// CreateSession signs a user in and returns the token by which [DB.Session] finds the session. The token is random; the
// database holds only its hash, so that who reads it cannot be anybody. Sessions that are over are deleted on the way.
func (db *DB) CreateSession(ctx context.Context, userID string, now time.Time, limits SessionLimits) (token string, err error) {
	if limits.Idle <= 0 || limits.Absolute <= 0 {
		return "", fmt.Errorf("create session: %w limits %v and %v: they must be positive", ErrInvalid, limits.Idle, limits.Absolute)
	}
	token = rand.Text()
	err = db.write(ctx, func(tx *gorm.DB) error {
		if _, err := readUser(tx, userID); err != nil {
			return err
		}
		if err := pruneSessions(tx, now, limits); err != nil {
			return err
		}
		return tx.Create(&sessionRow{
			TokenHash: hashOf(token), UserID: userID, CreatedAtMS: now.UnixMilli(), SeenAtMS: now.UnixMilli(),
			ExpiresAtMS: now.Add(limits.Absolute).UnixMilli(),
		}).Error
	})
	if err != nil {
		return "", wrap(ctx, err, "create session of user %q", clip(userID))
	}
	return token, nil
}

// Session returns the session of a token and notes that it was used. It gives [ErrNotFound] for a token that nobody has,
// a session that is over, and a user who is gone.
func (db *DB) Session(ctx context.Context, token string, now time.Time, limits SessionLimits) (Session, error) {
	var row sessionRow
	err := db.read(ctx).Where("token_hash = ? AND expires_at_ms > ? AND seen_at_ms > ?",
		hashOf(token), now.UnixMilli(), now.Add(-limits.Idle).UnixMilli()).Take(&row).Error
	if err != nil {
		return Session{}, wrap(ctx, err, "session")
	}
	user, err := readUser(db.read(ctx), row.UserID)
	if err != nil {
		return Session{}, wrap(ctx, err, "user of session")
	}
	if now.UnixMilli()-row.SeenAtMS >= touchInterval.Milliseconds() {
		err := db.read(ctx).Model(&sessionRow{}).
			Where("token_hash = ? AND seen_at_ms < ?", row.TokenHash, now.UnixMilli()).Update("seen_at_ms", now.UnixMilli()).Error
		if err != nil {
			return Session{}, wrap(ctx, err, "note use of session")
		}
	}
	return Session{User: user.user(), CreatedAt: time.UnixMilli(row.CreatedAtMS).UTC()}, nil
}

// DeleteSession signs out. A token that nobody has is no error.
func (db *DB) DeleteSession(ctx context.Context, token string) error {
	return wrap(ctx, db.read(ctx).Where("token_hash = ?", hashOf(token)).Delete(&sessionRow{}).Error, "delete session")
}

// DeleteUserSessions signs a user out everywhere and returns in how many browsers that was.
func (db *DB) DeleteUserSessions(ctx context.Context, userID string) (int64, error) {
	result := db.read(ctx).Where("user_id = ?", userID).Delete(&sessionRow{})
	return result.RowsAffected, wrap(ctx, result.Error, "delete sessions of user %q", clip(userID))
}

// PruneSessions deletes the sessions that are over, and attempts to sign in that nobody has finished. Sign-ins do it as
// well, so it is needed only where nobody signs in.
func (db *DB) PruneSessions(ctx context.Context, now time.Time, limits SessionLimits) error {
	err := db.write(ctx, func(tx *gorm.DB) error {
		if err := pruneSessions(tx, now, limits); err != nil {
			return err
		}
		return pruneLogins(tx, now)
	})
	return wrap(ctx, err, "prune sessions")
}

func pruneSessions(tx *gorm.DB, now time.Time, limits SessionLimits) error {
	return tx.Where("expires_at_ms <= ? OR seen_at_ms <= ?", now.UnixMilli(), now.Add(-limits.Idle).UnixMilli()).
		Delete(&sessionRow{}).Error
}

// hashOf is what is stored of a token. Tokens are random and long, so that a plain hash cannot be undone.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
