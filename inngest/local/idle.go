package local

func (s *Server) setTimer() {
	if s.stopTimer != nil {
		s.stopTimer()
		s.stopTimer = nil
	}
	if s.closed || len(s.queue) == 0 {
		return
	}
	s.stopTimer = s.clock.AfterFunc(s.queue[0].at.Sub(s.clock.Now()), s.tick)
}

// tick is called by the clock when something may be due.
func (s *Server) tick() {
	s.mu.Lock()
	s.dispatch()
	s.unlock()
}

// unlock gives up the mutex, and tells a virtual clock if there is nothing left to do at its present time.
func (s *Server) unlock() {
	idle := s.idleLocked()
	s.mu.Unlock()
	if idle && s.virtual != nil {
		s.virtual.jump()
	}
}

func (s *Server) wake() {
	s.mu.Lock()
	s.dispatch()
	s.unlock()
}

// idleLocked reports whether nothing is being done and nothing can be before the clock moves.
func (s *Server) idleLocked() bool {
	return s.closed || s.inflight == 0 && (len(s.queue) == 0 || s.queue[0].at.After(s.clock.Now()))
}

func (s *Server) idleNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idleLocked()
}

// broadcast wakes all who wait for a change.
func (s *Server) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}
