package inngest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
)

var signingKeyPrefix = regexp.MustCompile(`^signkey-\w+-`)

// checkSigningKey refuses a key that cannot be hashed, which every authenticated call of Inngest's API needs. The error
// does not repeat the key. No key is no error.
func checkSigningKey(name, key string) error {
	if key == "" {
		return nil
	}
	_, secret := splitSigningKey(key)
	if raw, err := hex.DecodeString(secret); err != nil || len(raw) == 0 {
		return fmt.Errorf("%s is malformed: after the prefix signkey-…- an even number of hexadecimal digits is needed", name)
	}
	return nil
}

func splitSigningKey(key string) (prefix, secret string) {
	prefix = signingKeyPrefix.FindString(key)
	return prefix, key[len(prefix):]
}

// hashSigningKey returns the form of a valid key that may travel: the bearer token of Inngest's API.
func hashSigningKey(key string) string {
	prefix, secret := splitSigningKey(key)
	raw, err := hex.DecodeString(secret)
	if err != nil {
		return "" // settings.check has refused such a key
	}
	sum := sha256.Sum256(raw)
	return prefix + hex.EncodeToString(sum[:])
}
