package loader

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrLastAdmin is returned for a change after which nobody could manage roles any more.
var ErrLastAdmin = errors.New("the last admin")

// User is a person who has signed in.
type User struct {
	// ID is a text of the application that has made the row.
	ID string `json:"id"`
	// Email is as the person's provider spells it. It is unique, without regard to case.
	Email string `json:"email"`
	// Name may be empty.
	Name string `json:"name"`
	// Image is the URL of a picture. It may be empty.
	Image string `json:"image"`
	// Role is always valid.
	Role Role `json:"role"`
	// CreatedAt is in UTC. It is nil if the row has no time or one that cannot be read.
	CreatedAt *time.Time `json:"created_at"`
}

// userRow is a row of users. Columns that other software may leave NULL are pointers.
type userRow struct {
	ID            string     `gorm:"column:id;primaryKey"`
	Email         *string    `gorm:"column:email"`
	Name          *string    `gorm:"column:name"`
	Image         *string    `gorm:"column:image"`
	Role          *string    `gorm:"column:role"`
	EmailVerified storedTime `gorm:"column:email_verified"`
	Created       storedTime `gorm:"column:created_at"`
	Updated       storedTime `gorm:"column:updated_at"`
}

// TableName names the table for gorm.
func (userRow) TableName() string { return usersTable }

func (r userRow) user() User {
	role := Role(text(r.Role))
	if !role.Valid() {
		role = RoleViewer
	}
	return User{ID: r.ID, Email: text(r.Email), Name: text(r.Name), Image: text(r.Image), Role: role, CreatedAt: r.Created.time}
}

// Users lists all users by their e-mail addresses.
func (db *DB) Users(ctx context.Context) ([]User, error) {
	var rows []userRow
	if err := db.read(ctx).Order("lower(email), id").Find(&rows).Error; err != nil {
		return nil, wrap(ctx, err, "list users")
	}
	users := make([]User, len(rows))
	for i, row := range rows {
		users[i] = row.user()
	}
	return users, nil
}

// User returns one user, or an error that matches [ErrNotFound].
func (db *DB) User(ctx context.Context, id string) (User, error) {
	row, err := readUser(db.read(ctx), id)
	if err != nil {
		return User{}, wrap(ctx, err, "user %q", clip(id))
	}
	return row.user(), nil
}

// SetUserRole changes what a user may do, at once: the sessions of the user have the new role. It gives [ErrNotFound],
// [ErrInvalid] for a role that is none, and [ErrLastAdmin] for the only admin.
func (db *DB) SetUserRole(ctx context.Context, id string, role Role) (User, error) {
	if !role.Valid() {
		return User{}, fmt.Errorf("set role of user %q: %w role %q", clip(id), ErrInvalid, clip(string(role)))
	}
	var row userRow
	err := db.write(ctx, func(tx *gorm.DB) (err error) {
		// All admins are locked, in one order, so that two of them cannot take the role from each other at once.
		var admins []string
		err = tx.Model(&userRow{}).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
			Where("role = ?", string(RoleAdmin)).Order("id").Pluck("id", &admins).Error
		if err != nil {
			return err
		}
		if row, err = lockUser(tx, id); err != nil || Role(text(row.Role)) == role {
			return err
		}
		if Role(text(row.Role)) == RoleAdmin && len(admins) < 2 {
			return ErrLastAdmin
		}
		row, err = db.updateUser(tx, id, map[string]any{"role": string(role)})
		return err
	})
	if err != nil {
		return User{}, wrap(ctx, err, "set role of user %q", clip(id))
	}
	return row.user(), nil
}

func readUser(tx *gorm.DB, id string) (userRow, error) {
	var row userRow
	err := tx.Where("id = ?", id).Take(&row).Error
	return row, err
}

func lockUser(tx *gorm.DB, id string) (userRow, error) {
	return readUser(tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}), id)
}

// updateUser writes the given columns, and when, and returns the row as it is then.
func (db *DB) updateUser(tx *gorm.DB, id string, changes map[string]any) (userRow, error) {
	now, err := db.userNow(tx)
	if err != nil {
		return userRow{}, err
	}
	changes["updated_at"] = now
	if err := tx.Model(&userRow{}).Where("id = ?", id).Updates(changes).Error; err != nil {
		return userRow{}, err
	}
	return readUser(tx, id)
}

// userNow is the present time as the table of users holds times.
func (db *DB) userNow(tx *gorm.DB) (storedTime, error) {
	if db.dialect == dialectSQLite {
		return sqliteNow(tx, usersTable)
	}
	return storedTime{raw: time.Now().UTC()}, nil
}
