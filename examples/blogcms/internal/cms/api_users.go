package cms

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/loader"
)

func (a *App) listUsers(r *http.Request) (reply, error) {
	users, err := a.db.Users(r.Context())
	return reply{body: map[string]any{"users": users}}, err
}

func (a *App) updateUser(r *http.Request) (reply, error) {
	var body struct {
		Role loader.Role `json:"role"`
	}
	if err := readObject(r, &body); err != nil {
		return reply{}, err
	}
	user, err := a.setRole(r, mux.Vars(r)["id"], body.Role)
	return reply{body: map[string]any{"user": user}}, err
}

// setRole gives a user a role.
func (a *App) setRole(r *http.Request, id string, role loader.Role) (loader.User, error) {
	if !role.Valid() {
		return loader.User{}, invalid("role", "field %q is %.40q, it must be viewer, editor or admin", "role", string(role))
	}
	user, err := a.db.User(r.Context(), id)
	if err != nil {
		return loader.User{}, err
	}
	if a.access.Configured(user.Email) && role != loader.RoleAdmin {
		return loader.User{}, &failure{
			Status: http.StatusConflict, Code: codeConflict,
			Message: user.Email + " is an admin by the setting AUTH_ADMINS, which this cannot change",
		}
	}
	changed, err := a.db.SetUserRole(r.Context(), id, role)
	if err == nil && changed.Role != user.Role {
		by, _ := personOf(r)
		a.logger.InfoContext(r.Context(), "role changed", "user", id, "from", string(user.Role), "to", string(role), "by", by.ID)
	}
	return changed, err
}
