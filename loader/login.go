package loader

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Login is an attempt to sign in, between leaving for a provider and coming back. State and Browser are secrets that the
// caller chooses, of which only hashes are stored.
type Login struct {
	// State is what the provider sends back. It is used once.
	State string
	// Browser is what the browser that has begun keeps in a cookie: no other one can end what it has begun.
	Browser string
	// Provider is the name of the provider.
	Provider string
	// Nonce is what the provider puts into its token, and Verifier what proves to it who has begun (PKCE).
	Nonce, Verifier string
	// ReturnTo is the path that the person wanted to see.
	ReturnTo string
}

type loginRow struct {
	StateHash   string `gorm:"column:state_hash;primaryKey"`
	BrowserHash string `gorm:"column:browser_hash"`
	Provider    string `gorm:"column:provider"`
	Nonce       string `gorm:"column:nonce"`
	Verifier    string `gorm:"column:verifier"`
	ReturnTo    string `gorm:"column:return_to"`
	ExpiresAtMS int64  `gorm:"column:expires_at_ms"`
}

// TableName names the table for gorm.
func (loginRow) TableName() string { return loginsTable }

// BeginLogin stores an attempt to sign in until the given time.
func (db *DB) BeginLogin(ctx context.Context, login Login, now, until time.Time) error {
	if login.State == "" || login.Browser == "" {
		return fmt.Errorf("begin login: %w: state and browser are needed", ErrInvalid)
	}
	err := db.write(ctx, func(tx *gorm.DB) error {
		if err := pruneLogins(tx, now); err != nil {
			return err
		}
		return tx.Create(&loginRow{
			StateHash: hashOf(login.State), BrowserHash: hashOf(login.Browser), Provider: login.Provider, Nonce: login.Nonce,
			Verifier: login.Verifier, ReturnTo: login.ReturnTo, ExpiresAtMS: until.UnixMilli(),
		}).Error
	})
	return wrap(ctx, err, "begin login")
}

// TakeLogin returns the attempt with a state and ends it, so that the state is good for one answer of the provider. It
// gives [ErrNotFound] for a state that nobody has begun, that was used, that is too old, or that another browser has begun.
func (db *DB) TakeLogin(ctx context.Context, state, browser string, now time.Time) (Login, error) {
	var row loginRow
	err := db.write(ctx, func(tx *gorm.DB) error {
		mine := "state_hash = ? AND browser_hash = ? AND expires_at_ms > ?"
		args := []any{hashOf(state), hashOf(browser), now.UnixMilli()}
		if err := tx.Where(mine, args...).Take(&row).Error; err != nil {
			return err
		}
		taken := tx.Where(mine, args...).Delete(&loginRow{})
		if taken.Error == nil && taken.RowsAffected == 0 {
			return ErrNotFound // somebody else took it in the same moment
		}
		return taken.Error
	})
	if err != nil {
		return Login{}, wrap(ctx, err, "take login")
	}
	return Login{
		State: state, Browser: browser, Provider: row.Provider, Nonce: row.Nonce, Verifier: row.Verifier, ReturnTo: row.ReturnTo,
	}, nil
}

func pruneLogins(tx *gorm.DB, now time.Time) error {
	return tx.Where("expires_at_ms <= ?", now.UnixMilli()).Delete(&loginRow{}).Error
}
