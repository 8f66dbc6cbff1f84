package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// printer stands for an *inngest.Client.
type printer struct{}

func (printer) SendMany(_ context.Context, events []workflowkit.Event) ([]string, error) {
	for _, e := range events {
		fmt.Println("sent", e.Name, string(e.Data))
	}
	return nil, nil
}

// An event is sent if the transaction that it belongs to is committed, and not if it is rolled back.
func Example() {
	ctx := context.Background()
	db, err := gorm.Open(gormlite.Open("file::memory:?_txlock=immediate"), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		log.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1) // of a database in memory each connection has its own
	box, err := outbox.New(db, outbox.Config{})
	if err != nil {
		log.Fatal(err)
	}
	if err := box.Migrate(ctx); err != nil {
		log.Fatal(err)
	}

	place := func(number int, problem error) error {
		event, err := workflowkit.NewEvent("order.placed", map[string]int{"number": number})
		if err != nil {
			return err
		}
		return box.Transaction(ctx, func(tx *gorm.DB) error {
			// … write the order …
			if _, err := box.Enqueue(tx, event); err != nil {
				return err
			}
			return problem
		})
	}
	fmt.Println(place(1, nil))
	fmt.Println(place(2, errors.New("out of stock")))

	// A server runs the outbox all the time, by box.Run. This sends what is there.
	if _, err := box.Deliver(ctx, printer{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// <nil>
	// out of stock
	// sent order.placed {"number":1}
}
