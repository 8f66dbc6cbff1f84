// Package e2e holds the end-to-end suite: the engine and the blog application on a real HTTP protocol.
//
// The suite takes the Inngest server from INNGEST_DEV, and starts one in the process if that is empty. A real dev server
// is best started with a short interval between retries:
//
//	npx inngest-cli@latest dev --no-discovery --retry-interval 1
//	INNGEST_DEV=http://127.0.0.1:8288 go test ./examples/blogcms/e2e
//
// The tests register apps whose ids begin with "e2e-" and send events of the blog; a server in use for something else
// is not a good place for them.
package e2e
