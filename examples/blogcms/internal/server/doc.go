// Package server runs the blog example as a process: it chooses the parts of package cms from environment variables,
// starts those that are embedded, listens, and stops in order.
//
//	DATABASE_URL             postgres://… or the path of a SQLite file; default blogcms.db in the working directory
//	INNGEST_…                the Inngest server, see package inngest; without any, one inside the process
//	OPENAI_…, LITELLM_…      the text model, see package actions; without a key, the offline one
//	HOST, PORT               where to listen; default 127.0.0.1 and 3000
//
// People sign in by OpenID Connect, if one provider is set, or both. Otherwise there is a local admin: everybody who
// uses a browser on the machine itself, and nobody else.
//
//	OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET     any issuer; its callback is APP_URL/sign-in/oidc/callback
//	OIDC_NAME                what the button calls it; default the issuer's host
//	GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET              Google; its callback is APP_URL/sign-in/google/callback
//	APP_URL                  the application as browsers reach it, https unless it is on this machine; default the address
//	                         that it listens on, if that is on this machine
//	AUTH_ADMINS              e-mail addresses, with commas between, of people who are admins whatever the database says
//	AUTH_ALLOWED             e-mail addresses or domains of people who may sign in; default everybody for whom a provider
//	                         vouches, as viewers. Admins, and people who are users already, may in any case
package server
