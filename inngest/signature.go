package inngest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gowebpki/jcs"
)

// signatureWindow is how far the time of a signature may be from ours, in both directions: an old one could be a replay,
// and one from the future would be a replay that works for longer.
const signatureWindow = 5 * time.Minute

var (
	errNoSignature      = errors.New("signature is missing")
	errBadSignature     = errors.New("signature is wrong")
	errExpiredSignature = fmt.Errorf("signature is more than %v from this machine's time", signatureWindow)
)

// verifySignature checks the value of an X-Inngest-Signature header for body against each of keys, and returns the key
// that fits. A signature is right for the body as it came, or for its canonical JSON form.
func verifySignature(header string, body []byte, keys []string, now time.Time) (string, error) {
	if header == "" {
		return "", errNoSignature
	}
	values, err := url.ParseQuery(header)
	if err != nil {
		return "", errBadSignature
	}
	unix, err := strconv.ParseInt(values.Get("t"), 10, 64)
	if err != nil {
		return "", errBadSignature
	}
	at := time.Unix(unix, 0)
	if d := now.Sub(at); d > signatureWindow || d < -signatureWindow {
		return "", errExpiredSignature
	}
	given := []byte(values.Get("s"))
	for _, key := range keys {
		if hmac.Equal(given, []byte(signBody(key, at, body))) {
			return key, nil
		}
	}
	if len(body) == 0 || !json.Valid(body) {
		return "", errBadSignature // there is no canonical form
	}
	canonical, err := jcs.Transform(body)
	if err != nil {
		return "", errBadSignature // for instance a member is there twice
	}
	for _, key := range keys {
		if hmac.Equal(given, []byte(signBody(key, at, canonical))) {
			return key, nil
		}
	}
	return "", errBadSignature
}

// signBody returns the signature of the bytes of body at a time, without the time.
func signBody(key string, at time.Time, body []byte) string {
	_, secret := splitSigningKey(key)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(body)
	_, _ = mac.Write(strconv.AppendInt(nil, at.Unix(), 10))
	return hex.EncodeToString(mac.Sum(nil))
}

// signatureHeader returns the header that signs the bytes of body.
func signatureHeader(key string, at time.Time, body []byte) string {
	return fmt.Sprintf("t=%d&s=%s", at.Unix(), signBody(key, at, body))
}
