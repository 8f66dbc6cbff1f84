package loader

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Account is a person as a provider of sign-in knows them.
type Account struct {
	// Issuer and Subject identify the person for ever: the provider's URL and its id of the person. Both are required.
	Issuer, Subject string
	// Email is required, and must have been verified: a user with the same address is the same person.
	Email string
	// Name and Image are stored unless the user has some already. They may be empty.
	Name, Image string
}

// SignInRule says what becomes of people who sign in.
type SignInRule struct {
	// New is the role of somebody who signs in for the first time. Empty means that only users who exist may sign in.
	New Role
	// Raise gives New to users who have a lesser role, too.
	Raise bool
}

// identityRow says which user an account of a provider belongs to.
type identityRow struct {
	Issuer      string `gorm:"column:issuer;primaryKey"`
	Subject     string `gorm:"column:subject;primaryKey"`
	UserID      string `gorm:"column:user_id"`
	CreatedAtMS int64  `gorm:"column:created_at_ms"`
}

// TableName names the table for gorm.
func (identityRow) TableName() string { return identitiesTable }

// SignIn returns the user to whom an account belongs: the one who has signed in with it before, or the one with the same
// e-mail address, whose account it is from then on, or a new one. It gives [ErrNotFound] for somebody unknown if the rule
// has no role for them, and [ErrInvalid] for an account that is not complete.
func (db *DB) SignIn(ctx context.Context, account Account, rule SignInRule) (User, error) {
	if err := account.check(); err != nil {
		return User{}, fmt.Errorf("sign in: %w", err)
	}
	if rule.New != "" && !rule.New.Valid() {
		return User{}, fmt.Errorf("sign in: %w role %q", ErrInvalid, clip(string(rule.New)))
	}
	var row userRow
	sign := func(tx *gorm.DB) (err error) {
		row, err = db.signIn(tx, account, rule)
		return err
	}
	err := db.write(ctx, sign)
	if isDuplicate(err) {
		err = db.write(ctx, sign) // the same person in two windows: the other one was faster, and is there now
	}
	if err != nil {
		return User{}, wrap(ctx, err, "sign in")
	}
	return row.user(), nil
}

func (a Account) check() error {
	for field, value := range map[string]string{
		"issuer": a.Issuer, "subject": a.Subject, "email": a.Email, "name": a.Name, "image": a.Image,
	} {
		if err := checkText(field, value); err != nil {
			return err
		}
	}
	if a.Issuer == "" || a.Subject == "" {
		return fmt.Errorf("%w account: issuer and subject are needed", ErrInvalid)
	}
	if !strings.Contains(a.Email, "@") {
		return fmt.Errorf("%w account: %q is not an e-mail address", ErrInvalid, clip(a.Email))
	}
	return nil
}

func (db *DB) signIn(tx *gorm.DB, account Account, rule SignInRule) (userRow, error) {
	row, linked, err := findUser(tx, account)
	if err != nil {
		return userRow{}, err
	}
	if row.ID == "" {
		if rule.New == "" {
			return userRow{}, ErrNotFound
		}
		if row, err = db.insertUser(tx, account, rule.New); err != nil {
			return userRow{}, err
		}
	} else if row, err = db.refreshUser(tx, row, account, rule); err != nil {
		return userRow{}, err
	}
	if linked {
		return row, nil
	}
	return row, tx.Create(&identityRow{
		Issuer: account.Issuer, Subject: account.Subject, UserID: row.ID, CreatedAtMS: time.Now().UnixMilli(),
	}).Error
}

// findUser returns the user of an account, or an empty row. An account whose user is gone is forgotten.
func findUser(tx *gorm.DB, account Account) (row userRow, linked bool, err error) {
	var identity identityRow
	mine := tx.Where("issuer = ? AND subject = ?", account.Issuer, account.Subject)
	if err := mine.Limit(1).Find(&identity).Error; err != nil {
		return userRow{}, false, err
	}
	if identity.UserID != "" {
		err := tx.Where("id = ?", identity.UserID).Limit(1).Find(&row).Error
		if err != nil || row.ID != "" {
			return row, true, err
		}
		err = tx.Where("issuer = ? AND subject = ?", account.Issuer, account.Subject).Delete(&identityRow{}).Error
		if err != nil {
			return userRow{}, false, err
		}
	}
	err = tx.Where("lower(email) = ?", strings.ToLower(account.Email)).Order("id").Limit(1).Find(&row).Error
	return row, false, err
}

func (db *DB) insertUser(tx *gorm.DB, account Account, role Role) (userRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return userRow{}, err
	}
	now, err := db.userNow(tx)
	if err != nil {
		return userRow{}, err
	}
	name := string(role)
	row := userRow{
		ID: id.String(), Email: &account.Email, Name: textOrNil(account.Name), Image: textOrNil(account.Image), Role: &name,
		EmailVerified: now, Created: now, Updated: now,
	}
	if err := tx.Create(&row).Error; err != nil {
		return userRow{}, err
	}
	return readUser(tx, row.ID)
}

// refreshUser stores what the provider knows and the row does not.
func (db *DB) refreshUser(tx *gorm.DB, row userRow, account Account, rule SignInRule) (userRow, error) {
	changes := map[string]any{}
	if text(row.Name) == "" && account.Name != "" {
		changes["name"] = account.Name
	}
	if text(row.Image) == "" && account.Image != "" {
		changes["image"] = account.Image
	}
	if row.EmailVerified.time == nil && strings.EqualFold(text(row.Email), account.Email) {
		now, err := db.userNow(tx)
		if err != nil {
			return userRow{}, err
		}
		changes["email_verified"] = now
	}
	if rule.Raise && !row.user().Role.Includes(rule.New) {
		changes["role"] = string(rule.New)
	}
	if len(changes) == 0 {
		return row, nil
	}
	return db.updateUser(tx, row.ID, changes)
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
