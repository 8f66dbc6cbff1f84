package local

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const headerSignature = "X-Inngest-Signature"

var signingKeyPrefix = regexp.MustCompile(`^signkey-\w+-`)

// signingKey is a signing key without its prefix, and its hash, which apps send as their credentials.
type signingKey struct{ plain, hashed string }

func newSigningKey(text string) (signingKey, error) {
	if text == "" {
		return signingKey{}, nil
	}
	plain := signingKeyPrefix.ReplaceAllString(text, "")
	decoded, err := hex.DecodeString(plain)
	if err != nil {
		return signingKey{}, fmt.Errorf("the signing key is not hexadecimal: %w", err)
	}
	sum := sha256.Sum256(decoded)
	return signingKey{plain: plain, hashed: hex.EncodeToString(sum[:])}, nil
}

func (k signingKey) set() bool { return k.plain != "" }

// sign returns the signature of a canonical body. The time is that of the machine, because apps compare it with theirs.
func (k signingKey) sign(body []byte) string {
	now := time.Now().Unix()
	return fmt.Sprintf("t=%d&s=%s", now, k.mac(body, now))
}

func (k signingKey) mac(body []byte, at int64) string {
	mac := hmac.New(sha256.New, []byte(k.plain))
	mac.Write(body)
	mac.Write(strconv.AppendInt(nil, at, 10))
	return hex.EncodeToString(mac.Sum(nil))
}

// signed reports whether the signature is that of the body.
func (k signingKey) signed(signature string, body []byte) bool {
	values, err := url.ParseQuery(signature)
	if err != nil {
		return false
	}
	at, err := strconv.ParseInt(values.Get("t"), 10, 64)
	return err == nil && hmac.Equal([]byte(values.Get("s")), []byte(k.mac(body, at)))
}

// allows reports whether a request may use the API.
func (k signingKey) allows(r *http.Request) bool {
	if !k.set() {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = signingKeyPrefix.ReplaceAllString(token, "")
	same := func(key string) bool { return subtle.ConstantTimeCompare([]byte(token), []byte(key)) == 1 }
	return strings.EqualFold(scheme, "bearer") && (same(k.plain) || same(k.hashed))
}

// authorized wraps a handler of the API.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.key.allows(r) {
			http.Error(w, "Authentication failed", http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}
