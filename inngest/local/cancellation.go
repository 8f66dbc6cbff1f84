package local

// cancelOn makes a run listen to the events that cancel it.
func (s *Server) cancelOn(r *run) {
	now := s.clock.Now()
	for _, c := range r.fn.cancel {
		p := &pause{run: r, seq: s.sequence(), event: c.event, cond: c.cond, expires: now.AddDate(1, 0, 0)}
		if c.timeout != "" {
			expires, err := deadline(c.timeout, now)
			if err != nil {
				continue // was checked at sync
			}
			p.expires = expires
		}
		r.pauses = append(r.pauses, p)
		s.pauses[p.event] = append(s.pauses[p.event], p)
	}
}
