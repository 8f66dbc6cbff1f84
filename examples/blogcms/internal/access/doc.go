// Package access knows who makes a request to the blog and what they may do.
//
// With a [Provider] people sign in by OpenID Connect: state, nonce and PKCE, an ID token whose signature, issuer, audience
// and expiry are checked, and a verified e-mail address. The first sign-in makes a user with the role viewer; an admin
// gives others. A browser keeps a random token whose hash is in the database.
//
// Without a provider, requests that come from this machine, to this machine by name, and through no proxy are those of a
// local admin. All others are refused: [ErrElsewhere].
package access
