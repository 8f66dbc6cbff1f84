package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// httpSender sends events to a server in another process.
type httpSender string

func (s httpSender) SendMany(ctx context.Context, events []workflowkit.Event) ([]string, error) {
	body, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, string(s), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, errDown
	}
	return nil, nil
}

// work places orders and sends their events until the process is killed.
func work(s shop, url string) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background(), httpSender(url)) }()
	for n := 0; ; n++ {
		select {
		case err := <-ended:
			return err
		default:
		}
		if err := s.place(fmt.Sprintf("%d-%d-%d", os.Getpid(), time.Now().UnixNano(), n)); err != nil {
			return err
		}
	}
}

// Processes that place orders and send events are killed at random, and the server fails at random. In the end there is
// an event for each order, and none for any other.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := open(t, dsn, outbox.Config{PollInterval: 10 * time.Millisecond, MinBackoff: 10 * time.Millisecond, MaxBackoff: 100 * time.Millisecond})
		var (
			mu       sync.Mutex
			received = map[string]int{}
		)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var events []workflowkit.Event
			raw, err := io.ReadAll(r.Body)
			if err != nil || json.Unmarshal(raw, &events) != nil {
				return // the sender was killed on the way
			}
			mu.Lock()
			defer mu.Unlock()
			outcome := rand.IntN(10)
			if outcome > 0 { // or it is refused, and has not arrived
				for _, e := range events {
					received[e.ID]++
				}
			}
			if outcome < 2 { // or it has arrived, and the sender does not learn that
				w.WriteHeader(http.StatusInternalServerError)
			}
		}))
		t.Cleanup(server.Close)

		var workers sync.WaitGroup
		for range 3 {
			workers.Go(func() {
				for range 4 {
					child := exec.CommandContext(t.Context(), os.Args[0])
					child.Env = append(os.Environ(), childDSN+"="+dsn, childTask+"=work", childURL+"="+server.URL)
					child.Stderr = os.Stderr
					if err := child.Start(); err != nil {
						t.Error(err)
						return
					}
					<-time.After(time.Duration(200+rand.IntN(400)) * time.Millisecond)
					if err := child.Process.Kill(); err != nil {
						t.Error(err)
					}
					_ = child.Wait()
				}
			})
		}
		workers.Wait()
		run(t, s.Outbox, httpSender(server.URL))
		eventually(t, "the last event", func() bool {
			stats, err := s.Stats(context.Background())
			return err == nil && stats.Waiting == 0
		})
		var orders []string
		if err := s.db.Model(&order{}).Order("title").Pluck("title", &orders).Error; err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		var got []string
		again := 0
		for id, times := range received {
			got = append(got, id)
			again += times - 1
		}
		slices.Sort(got)
		slices.Sort(orders)
		expect(t, "orders and events", orders, got)
		if len(orders) < 10 {
			t.Errorf("%d orders are too few to tell anything", len(orders))
		}
		t.Logf("%d orders, of which events %d were sent again", len(orders), again)
	})
}
