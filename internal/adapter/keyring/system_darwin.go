package keyring

import (
	"strings"

	lib "github.com/99designs/keyring"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// prefix is empty: the Keychain knows items by service and name.
const prefix = ""

// systemRoom is 0: the Keychain sets no limit that a credential reaches.
const systemRoom = 0

func systemConfig() lib.Config {
	return lib.Config{
		AllowedBackends:                []lib.BackendType{lib.KeychainBackend},
		ServiceName:                    service,
		KeychainTrustApplication:       true, // else every read asks the user
		KeychainAccessibleWhenUnlocked: true,
	}
}

// systemError names what an error of the Security framework means, nil if it says nothing. The
// library's error type exists in builds with cgo only, so its texts decide.
func systemError(err error) error {
	text := err.Error()
	for _, part := range []string{"User interaction is not allowed", "passphrase you entered is not correct", "-128"} {
		if strings.Contains(text, part) {
			return agent.ErrKeyringLocked
		}
	}
	for _, part := range []string{"No keychain is available", "keychain could not be found"} {
		if strings.Contains(text, part) {
			return agent.ErrKeyringAbsent
		}
	}
	return nil
}
