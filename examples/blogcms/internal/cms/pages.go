package cms

import "net/http"

type pages struct{}

func parsePages() (*pages, error) { return &pages{}, nil }

func (a *App) pageRoutes() map[string]methods { return map[string]methods{} }

func (a *App) failPage(w http.ResponseWriter, r *http.Request, err error) { a.fail(w, r, err) }
