package loader

// Role is what a user may do. Each role includes those before it.
type Role string

// The roles. A role that other software has stored and that is none of these counts as RoleViewer.
const (
	RoleViewer Role = "viewer" // reads
	RoleEditor Role = "editor" // writes posts and workflows
	RoleAdmin  Role = "admin"  // manages roles
)

// Roles returns the roles, the least first.
func Roles() []Role { return []Role{RoleViewer, RoleEditor, RoleAdmin} }

// Valid reports whether the role is one of [Roles].
func (r Role) Valid() bool { return r == RoleViewer || r == RoleEditor || r == RoleAdmin }

// Includes reports whether somebody with the role may do what other may. A role that is not valid includes nothing.
func (r Role) Includes(other Role) bool {
	return other.Valid() && r.rank() >= other.rank()
}

func (r Role) rank() int {
	for i, role := range Roles() {
		if r == role {
			return i
		}
	}
	return -1
}
