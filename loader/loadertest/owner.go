//go:build unix

package loadertest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// socketPathMax is how long the path of a Unix socket may be on every system, less the socket's own name.
const socketPathMax = 103 - len("/.s.PGSQL.5432")

// owner is the user who runs the server. The zero value is the user of this process.
type owner struct {
	credential *syscall.Credential
}

// findOwner picks another user if this process belongs to root, since Postgres refuses to run as root.
func findOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil && uid != 0 {
			return owner{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return owner{}, fmt.Errorf("the process belongs to root, which Postgres refuses," +
		" and there is neither a user postgres nor a user nobody")
}

// attributes also detach the server from the terminal: an interrupt is meant for the tests, which end and take the
// server with them.
func (o owner) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: o.credential, Setpgid: true}
}

// tempDir creates a folder that the owner may use.
func (o owner) tempDir() (string, error) {
	dir, err := os.MkdirTemp("", "loadertest")
	if err == nil && len(dir) > socketPathMax {
		_ = os.Remove(dir)
		dir, err = os.MkdirTemp("/tmp", "loadertest")
	}
	if err != nil {
		return "", err
	}
	if o.credential != nil {
		if err := os.Chown(dir, int(o.credential.Uid), int(o.credential.Gid)); err != nil {
			_ = os.Remove(dir)
			return "", err
		}
	}
	return dir, nil
}
