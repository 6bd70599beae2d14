package keyring

import (
	"errors"
	"syscall"

	lib "github.com/99designs/keyring"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// prefix is empty: the Credential Manager's target name begins with the service.
const prefix = ""

// systemRoom is the most bytes that one credential holds (CRED_MAX_CREDENTIAL_BLOB_SIZE).
const systemRoom = 2560

func systemConfig() lib.Config {
	return lib.Config{
		AllowedBackends: []lib.BackendType{lib.WinCredBackend},
		ServiceName:     "credentials",
		WinCredPrefix:   service,
	}
}

// systemError names what an error of the Credential Manager means, nil if it says nothing.
func systemError(err error) error {
	const noSuchLogonSession = syscall.Errno(1312) // a network logon, as by SSH, has no credentials
	if errors.Is(err, noSuchLogonSession) {
		return agent.ErrKeyringAbsent
	}
	return nil
}
