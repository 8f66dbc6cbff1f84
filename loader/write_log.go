package loader

import (
	"time"

	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"
)

// keyRetention is how long a write's key is remembered. A step is repeated within minutes or hours of its first
// attempt; a run that sleeps longer repeats nothing it has done before.
const keyRetention = 90 * 24 * time.Hour

// What a write was, as the log names it. Requests are made by editors and have no run.
const (
	requestReview    = "review"
	requestRevert    = "revert"
	requestPublish   = "publish"
	requestUnpublish = "unpublish"
	requestRelease   = "release"

	writeSave      = "save"
	writeAsk       = "ask"
	writeApply     = "apply"
	writeDiscard   = "discard"
	writeRecommend = "recommend"
	writeFail      = "fail"
)

// writeRow is a row of the log of writes. Rows of one post are in the order of its changes, since each is inserted
// while the post is locked.
type writeRow struct {
	ID          int64  `gorm:"column:id;primaryKey;autoIncrement"`
	Key         string `gorm:"column:key"`
	PostID      int64  `gorm:"column:post_id"`
	RunID       string `gorm:"column:run_id"`
	Action      string `gorm:"column:action"`
	Version     int64  `gorm:"column:version"`
	WrittenAtMS int64  `gorm:"column:written_at_ms"`
}

// TableName names the table for gorm.
func (writeRow) TableName() string { return "workflowkit_writes" }

func (w writeRow) found() bool { return w.ID != 0 }

func logWrite(tx *gorm.DB, w writeRow) (writeRow, error) {
	w.WrittenAtMS = time.Now().UnixMilli()
	err := tx.Create(&w).Error
	return w, err
}

// pruneWrites forgets what is older than anything that is still repeated.
func pruneWrites(tx *gorm.DB) error {
	return tx.Where("written_at_ms < ?", time.Now().Add(-keyRetention).UnixMilli()).Delete(&writeRow{}).Error
}

func oneWrite(q *gorm.DB) (writeRow, error) {
	var row writeRow
	err := q.Limit(1).Find(&row).Error
	return row, err
}

func writeByKey(tx *gorm.DB, key string) (writeRow, error) {
	return oneWrite(tx.Where("key = ?", key))
}

func lastWrite(tx *gorm.DB, postID int64) (writeRow, error) {
	return oneWrite(tx.Where("post_id = ?", postID).Order("id DESC"))
}

func firstWriteOf(tx *gorm.DB, postID int64, run string) (writeRow, error) {
	return oneWrite(tx.Where("post_id = ? AND run_id = ?", postID, run).Order("id"))
}

// superseded reports whether an editor has decided on the post since the run last wrote to it: sent it to review
// again, reverted or published it. Of a run that has not written yet, the time in its id tells whether it began
// before a revert; nothing else can, and a review or publication that has just been requested must not be held
// against the run that it starts when clocks differ.
func superseded(tx *gorm.DB, postID int64, run string) (bool, error) {
	request, err := oneWrite(tx.Where("post_id = ? AND run_id = ''", postID).Order("id DESC"))
	if err != nil || !request.found() {
		return false, err
	}
	own, err := oneWrite(tx.Where("post_id = ? AND run_id = ?", postID, run).Order("id DESC"))
	if err != nil {
		return false, err
	}
	if own.found() {
		return own.ID < request.ID, nil
	}
	began, known := beganAt(run)
	stops := request.Action == requestRevert || request.Action == requestUnpublish
	return stops && known && began < request.WrittenAtMS, nil
}

// newer reports whether run a began after run b. Inngest's run ids are ULIDs, which sort by time; of others, the one
// that wrote to the post first counts as the older, and one that has not written yet as the newest.
func newer(tx *gorm.DB, postID int64, a, b string) (bool, error) {
	if order, known := compareRuns(a, b); known {
		return order > 0, nil
	}
	firstOfA, err := firstWriteOf(tx, postID, a)
	if err != nil {
		return false, err
	}
	firstOfB, err := firstWriteOf(tx, postID, b)
	if err != nil || !firstOfB.found() {
		return false, err
	}
	return !firstOfA.found() || firstOfA.ID > firstOfB.ID, nil
}

// compareRuns compares two run ids by the time in them. It is false if one of them holds none.
func compareRuns(a, b string) (order int, known bool) {
	idA, errA := ulid.ParseStrict(a)
	idB, errB := ulid.ParseStrict(b)
	if errA != nil || errB != nil {
		return 0, false
	}
	return idA.Compare(idB), true
}

// beganAt returns the time in a run id in Unix milliseconds.
func beganAt(run string) (int64, bool) {
	id, err := ulid.ParseStrict(run)
	if err != nil {
		return 0, false
	}
	return int64(id.Time()), true
}
