//go:build unix

package loadertest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"time"
)

// serverUser is the name of the database's superuser.
const serverUser = "postgres"

// watch starts the server and stops it when its standard input ends, which happens when the test process does, however
// it does. So no server outlives its tests, and no TestMain is needed.
const watch = `
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
	-c synchronous_commit=off -c max_connections=200 -c autovacuum=off >"$2/log" 2>&1 </dev/null &
pid=$!
read -r _
kill -QUIT "$pid" 2>/dev/null
wait "$pid"
cd / && rm -rf "$2"
`

func startServer() (*server, error) {
	bin, err := findBinaries(debianBinaries)
	if err != nil {
		return nil, err
	}
	owner, err := findOwner()
	if err != nil {
		return nil, err
	}
	dir, err := owner.tempDir()
	if err != nil {
		return nil, err
	}
	if err := owner.initdb(bin, dir); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	// The server belongs to the process, not to whoever asks for it first.
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", watch, "sh", filepath.Join(bin, "postgres"), dir)
	cmd.Dir = dir
	cmd.SysProcAttr = owner.attributes()
	// Nobody closes the pipe: the kernel does at the end of the process.
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	srv := &server{socketDir: dir, user: serverUser, lifeline: lifeline}
	if err := srv.awaitReady(30 * time.Second); err != nil {
		_ = lifeline.Close()
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return nil, fmt.Errorf("%w; its log ends: %s", err, tail(log))
	}
	return srv, nil
}

// initdb creates the cluster's files.
func (o owner) initdb(bin, dir string) error {
	cmd := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", serverUser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = dir
	cmd.SysProcAttr = o.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(out))
	}
	return nil
}

// debianBinaries is where Debian keeps the server's programs, outside of PATH.
const debianBinaries = "/usr/lib/postgresql/*/bin"

// findBinaries returns the folder that holds initdb and postgres: that of PATH, or of those that match the pattern the
// one with the newest version.
func findBinaries(pattern string) (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil && hasServer(filepath.Dir(resolved)) {
			return filepath.Dir(resolved), nil
		}
	}
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	sort.Slice(dirs, func(i, j int) bool { return majorVersion(dirs[i]) > majorVersion(dirs[j]) })
	for _, dir := range dirs {
		if hasServer(dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("initdb and postgres are neither in PATH nor in %s", pattern)
}

func hasServer(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func majorVersion(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}

func tail(out []byte) string {
	out = bytes.TrimSpace(out)
	return string(out[max(0, len(out)-600):])
}
