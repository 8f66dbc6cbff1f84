package cms

import "net/http"

// pageRoutes are the paths of pages, and of the forms in them.
func (a *App) pageRoutes() map[string]methods {
	shows := func(f view) rule { return viewers(a.page(f)) }
	writes := func(f view) rule { return editors(a.page(f)) }
	routes := map[string]methods{
		"/":                          {http.MethodGet: shows(a.viewPosts)},
		"/live":                      {http.MethodGet: viewers(http.HandlerFunc(a.live))},
		"/posts":                     {http.MethodPost: writes(a.submitNewPost)},
		"/posts/new":                 {http.MethodGet: writes(a.viewNewPost)},
		"/posts/preview":             {http.MethodPost: writes(a.previewPost)},
		"/posts/{id:[0-9]+}":         {http.MethodGet: shows(a.viewPost), http.MethodPost: writes(a.submitPost)},
		"/posts/{id}/edit":           {http.MethodGet: writes(a.viewPostForm)},
		"/automations":               {http.MethodGet: shows(a.viewAutomations), http.MethodPost: writes(a.submitNewAutomation)},
		"/automations/new":           {http.MethodGet: writes(a.viewNewAutomation)},
		"/automations/check":         {http.MethodPost: shows(a.checkNewAutomation)},
		"/automations/{id:[0-9]+}":   {http.MethodGet: shows(a.viewAutomation), http.MethodPost: writes(a.submitAutomation)},
		"/automations/{id}/check":    {http.MethodPost: shows(a.checkAutomation)},
		"/automations/{id}/enable":   {http.MethodPost: writes(a.submitEnabled(true))},
		"/automations/{id}/disable":  {http.MethodPost: writes(a.submitEnabled(false))},
		"/automations/{id}/versions": {http.MethodGet: shows(a.viewVersions)},
		"/automations/{id}/runs":     {http.MethodGet: shows(a.viewRuns)},
		"/runs/{id}":                 {http.MethodGet: shows(a.viewRun)},
		"/users":                     {http.MethodGet: admins(a.page(a.viewUsers))},
		"/users/{id}":                {http.MethodPost: admins(a.page(a.submitRole))},
		"/users/{id}/sign-out":       {http.MethodPost: admins(a.page(a.submitSignOutUser))},
		"/sign-in":                   {http.MethodGet: everybody(a.page(a.viewSignIn))},
		"/sign-in/{id}":              {http.MethodGet: everybody(a.page(a.beginSignIn)).limited(a.signIns)},
		"/sign-in/{id}/callback":     {http.MethodGet: everybody(a.page(a.finishSignIn)).limited(a.signIns)},
		"/sign-out":                  {http.MethodPost: everybody(a.page(a.submitSignOut))},
		"/workflows":                 {http.MethodGet: shows(a.moved)}, // where automations used to be
		"/workflows/{id:[0-9]+}":     {http.MethodGet: shows(a.moved)},
	}
	for name := range assets {
		routes[name] = methods{http.MethodGet: everybody(a.serveAsset(name))}
	}
	for _, d := range decisions {
		routes["/posts/{id}/"+string(d)] = methods{http.MethodPost: a.deciding(d, a.page(a.submitDecision(d)))}
	}
	return routes
}
