package loader_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
)

// childDSN makes a process of the test binary a replica that starts: it migrates, seeds and ends.
const childDSN = "LOADER_TEST_CHILD_DSN"

func childMain(dsn string) int {
	ctx := context.Background()
	err := func() error {
		db, err := loader.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		seeded, err := db.Seed(ctx)
		if seeded {
			fmt.Println("seeded")
		}
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestReplicasThatStartAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		const replicas = 6
		var (
			processes [replicas]*exec.Cmd
			output    [replicas]bytes.Buffer
		)
		for i := range processes {
			processes[i] = exec.Command(os.Args[0])
			processes[i].Env = append(os.Environ(), childDSN+"="+dsn)
			processes[i].Stdout, processes[i].Stderr = &output[i], &output[i]
			if err := processes[i].Start(); err != nil {
				t.Fatal(err)
			}
		}
		seeded := 0
		for i := range processes {
			if err := processes[i].Wait(); err != nil {
				t.Errorf("replica %d: %v: %s", i, err, &output[i])
			}
			seeded += strings.Count(output[i].String(), "seeded")
		}
		if seeded != 1 {
			t.Errorf("%d replicas seeded the database, want 1", seeded)
		}
		db := open(t, dsn)
		if err := db.CheckSchema(context.Background()); err != nil {
			t.Error(err)
		}
		posts, err := db.Posts(context.Background())
		if err != nil || len(posts) != 3 {
			t.Errorf("%d posts, error %v; want 3 posts", len(posts), err)
		}
		versions := openLegacy(t, dsn).rows("SELECT count(*) AS n, count(DISTINCT version_id) AS versions FROM workflowkit_migrations")
		if diff := cmp.Diff([]string{"n=7 versions=7 "}, versions); diff != "" {
			t.Errorf("recorded versions, with goose's own 0 (-want +got):\n%s", diff)
		}
		if report, err := db.Migrate(context.Background()); err != nil || report.Applied != 0 {
			t.Errorf("migrate again: %+v, error %v; want nothing to do", report, err)
		}
	})
}
