//go:build !linux && !windows && !darwin

package keyring

import lib "github.com/99designs/keyring"

// prefix and systemRoom are of no use: the library has no keyring here.
const (
	prefix     = ""
	systemRoom = 0
)

// systemConfig allows the Secret Service, which the library builds for Linux only: Open fails.
func systemConfig() lib.Config {
	return lib.Config{AllowedBackends: []lib.BackendType{lib.SecretServiceBackend}}
}

func systemError(error) error { return nil }
