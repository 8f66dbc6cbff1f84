package inngest

import "github.com/gorilla/mux"

// Mount serves the client's handler on router at path, for instance "/api/inngest", with and without a slash at the
// end. On other routers, mount [Client.Handler].
func Mount(router *mux.Router, path string, client *Client) {
	for len(path) > 1 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	router.Handle(path, client.Handler())
	if path != "/" {
		router.Handle(path+"/", client.Handler())
	}
}
