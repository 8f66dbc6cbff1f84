package cms

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/loader"
)

// userView is a user with what can be done.
type userView struct {
	loader.User
	// Self says that it is who looks at the page.
	Self bool
	// Fixed says that the user is an admin by a setting.
	Fixed bool
	Roles []loader.Role
}

// usersView is what the page of users shows.
type usersView struct {
	Users []userView
	// Local says that nobody can sign in.
	Local bool
	// Failure says why a change was not made. Nil means that none was asked for.
	Failure *failure
}

func (a *App) viewUsers(w http.ResponseWriter, r *http.Request) error {
	return a.showUsers(w, r, nil)
}

func (a *App) showUsers(w http.ResponseWriter, r *http.Request, refused *failure) error {
	users, err := a.db.Users(r.Context())
	if err != nil {
		return err
	}
	person, _ := personOf(r)
	shown, status := usersView{Local: a.access.Local(), Failure: refused}, http.StatusOK
	for _, user := range users {
		row := userView{User: user, Self: user.ID == person.ID, Fixed: a.access.Configured(user.Email), Roles: loader.Roles()}
		if row.Fixed {
			row.Role = loader.RoleAdmin
		}
		shown.Users = append(shown.Users, row)
	}
	if refused != nil {
		status = refused.Status
	}
	a.show(w, r, status, "users", page{Title: "Users", Section: "users", Data: shown, Message: messages[r.URL.Query().Get("done")]})
	return nil
}

func (a *App) submitRole(w http.ResponseWriter, r *http.Request) error {
	user, err := a.setRole(r, mux.Vars(r)["id"], loader.Role(field(r, "role")))
	if err != nil {
		if shown := failureOf(err); shown.Status == http.StatusConflict || shown.Status == http.StatusBadRequest {
			return a.showUsers(w, r, shown)
		}
		return err
	}
	if person, _ := personOf(r); person.ID == user.ID && !user.Role.Includes(loader.RoleAdmin) {
		http.Redirect(w, r, "/", http.StatusSeeOther) // this page is not theirs any more
		return nil
	}
	http.Redirect(w, r, "/users?"+url.Values{"done": {"role"}}.Encode(), http.StatusSeeOther)
	return nil
}

func (a *App) submitSignOutUser(w http.ResponseWriter, r *http.Request) error {
	user, err := a.db.User(r.Context(), mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	if _, err := a.db.DeleteUserSessions(r.Context(), user.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/users?"+url.Values{"done": {"signed-out"}}.Encode(), http.StatusSeeOther)
	return nil
}
