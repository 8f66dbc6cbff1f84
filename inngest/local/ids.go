package local

import (
	"io"
	"math/rand/v2"

	"github.com/oklog/ulid/v2"
)

// newID returns a ULID of the present time. The mutex is held.
func (s *Server) newID() string {
	return ulid.MustNew(ulid.Timestamp(s.clock.Now()), entropy{s.rng}).String()
}

func (s *Server) sequence() uint64 {
	s.nextSeq++
	return s.nextSeq
}

// entropy reads random bytes that the seed determines.
type entropy struct{ rng *rand.Rand }

var _ io.Reader = entropy{}

func (e entropy) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e.rng.Uint32())
	}
	return len(p), nil
}
