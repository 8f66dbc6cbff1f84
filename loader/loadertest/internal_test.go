//go:build unix

package loadertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeBinaries creates empty files with the names of the server's programs.
func fakeBinaries(t *testing.T, dir string, names ...string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindBinaries(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pattern := filepath.Join(root, "pg", "*", "bin")
	t.Setenv("PATH", filepath.Join(root, "path"))

	if dir, err := findBinaries(pattern); err == nil || !strings.Contains(err.Error(), pattern) {
		t.Errorf("without binaries: %q, %v; want an error that says where it has looked", dir, err)
	}
	fakeBinaries(t, filepath.Join(root, "pg", "9", "bin"), "initdb", "postgres")
	newest := fakeBinaries(t, filepath.Join(root, "pg", "15", "bin"), "initdb", "postgres")
	fakeBinaries(t, filepath.Join(root, "pg", "16", "bin"), "initdb") // only the client's half
	if dir, err := findBinaries(pattern); err != nil || dir != newest {
		t.Errorf("findBinaries = %q, %v; want the newest complete one, %q", dir, err, newest)
	}
	fakeBinaries(t, filepath.Join(root, "path"), "initdb") // a wrapper without the server beside it
	if dir, err := findBinaries(pattern); err != nil || dir != newest {
		t.Errorf("findBinaries = %q, %v; want %q", dir, err, newest)
	}
	inPath := fakeBinaries(t, filepath.Join(root, "path"), "postgres")
	if dir, err := findBinaries(pattern); err != nil || dir != inPath {
		t.Errorf("findBinaries = %q, %v; want the one in PATH, %q", dir, err, inPath)
	}
}
