// Package server runs the blog example as a process: it chooses the parts of package cms from environment variables,
// starts those that are embedded, listens, and stops in order.
//
//	DATABASE_URL             postgres://… or the path of a SQLite file; default blogcms.db in the working directory
//	INNGEST_…                the Inngest server, see package inngest; without any, one inside the process
//	OPENAI_…, LITELLM_…      the text model, see package actions; without a key, the offline one
//	HOST, PORT               where to listen; default 127.0.0.1 and 3000
package server
