package limit_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := limit.New(limit.Rate{Burst: 3, Every: 10 * time.Second}, func() time.Time { return now })
	for i := range 3 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatalf("attempt %d is refused", i+1)
		}
	}
	if ok, wait := l.Allow("a"); ok || wait != 10*time.Second {
		t.Errorf("the fourth attempt: %v, wait %v", ok, wait)
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("somebody else is refused")
	}
	now = now.Add(9 * time.Second)
	if ok, wait := l.Allow("a"); ok || wait != time.Second {
		t.Errorf("too early: %v, wait %v", ok, wait)
	}
	now = now.Add(time.Second)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("after the wait it is refused")
	}
	if ok, _ := l.Allow("a"); ok {
		t.Error("a wait was good for two attempts")
	}
	now = now.Add(time.Hour)
	for i := range 4 {
		if ok, _ := l.Allow("a"); ok != (i < 3) {
			t.Errorf("after an hour, attempt %d: %v", i+1, ok)
		}
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	l := limit.New(limit.Rate{}, nil)
	for range 1000 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatal("it is refused")
		}
	}
}

// TestManyKeys cannot be made to fill the memory.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := limit.New(limit.Rate{Burst: 1, Every: time.Minute}, func() time.Time { return now })
	allowed := 0
	for i := range 100_500 {
		if ok, _ := l.Allow(fmt.Sprint(i)); ok {
			allowed++
		}
	}
	if allowed != 100_000 {
		t.Errorf("%d keys are remembered", allowed)
	}
	now = now.Add(2 * time.Minute)
	if ok, _ := l.Allow("new"); !ok {
		t.Error("after the wait there is still no room")
	}
}

func TestLimiterAtOnce(t *testing.T) {
	t.Parallel()
	l := limit.New(limit.Rate{Burst: 5, Every: time.Hour}, nil)
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if ok, _ := l.Allow("a"); ok {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if allowed.Load() != 5 {
		t.Errorf("%d were allowed", allowed.Load())
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60} {
		if got := limit.Seconds(wait); got != want {
			t.Errorf("%v is %d seconds, want %d", wait, got, want)
		}
	}
}
