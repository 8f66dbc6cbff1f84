package cms_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func TestMissingParts(t *testing.T) {
	t.Parallel()
	db := loadertest.Open(t, loadertest.SQLite(t))
	client, err := inngest.NewClient(inngest.Config{
		AppID: "blog", Logger: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	tooMany := 21
	cases := map[string]struct {
		config cms.Config
		want   string
	}{
		"no database":      {cms.Config{Client: client, Model: actions.Offline{}}, "database is nil"},
		"no client":        {cms.Config{DB: db, Model: actions.Offline{}}, "client is nil"},
		"no text model":    {cms.Config{DB: db, Client: client}, "text model is nil"},
		"too many retries": {cms.Config{DB: db, Client: client, Model: actions.Offline{}, Retries: &tooMany}, "retries are 21"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := cms.New(tc.config); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("the error is %v, want %q", err, tc.want)
			}
		})
	}
}
