package keyring

import (
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strings"

	lib "github.com/99designs/keyring"
	"github.com/godbus/dbus" // the version that the keyring library uses; its connection and errors are shared

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// prefix keeps our items apart: the Secret Service knows them by this name alone.
const prefix = service + ":"

// systemRoom is 0: 60 kB have been seen to fit.
const systemRoom = 0

// collections is where the Secret Service's collections lie.
const collections = "/org/freedesktop/secrets/collection/"

func systemConfig() lib.Config {
	return lib.Config{
		AllowedBackends:         []lib.BackendType{lib.SecretServiceBackend, lib.KWalletBackend},
		ServiceName:             "kdewallet", // KWallet takes it for the wallet; the Secret Service does not use it
		LibSecretCollectionName: collection(),
		KWalletAppID:            service,
		KWalletFolder:           service,
	}
}

// collection is the name of the user's default collection. "login" is GNOME's, unlocked by signing
// in; other services have names of their own, and a name that does not exist makes the service ask
// its user to create it. It may take as long as the service takes to start.
func collection() string {
	const usual = "login"
	if !slices.Contains(lib.AvailableBackends(), lib.SecretServiceBackend) {
		return usual // there is no bus; asking would start one
	}
	bus, err := dbus.SessionBus()
	if err != nil {
		return usual
	}
	var path dbus.ObjectPath
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	err = service.Call("org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	name, ok := strings.CutPrefix(string(path), collections)
	if err != nil || !ok || name == "" {
		return usual
	}
	return unescape(name)
}

// unescape resolves the _XX of object paths, as the library does before it compares.
func unescape(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '_' && i+2 < len(name) {
			if b, err := hex.DecodeString(name[i+1 : i+3]); err == nil {
				out.Write(b)
				i += 2
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}

// noPrompter is what becomes of a question that nobody can be asked: the library takes the root for
// an object. The quotes depend on the service's language.
var noPrompter = regexp.MustCompile(`at path \W+$`)

// systemError names what a D-Bus error means, nil if it says nothing.
func systemError(err error) error {
	if errors.Is(err, dbus.ErrClosed) {
		return agent.ErrKeyringAbsent
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "locked"), noPrompter.MatchString(text):
		return agent.ErrKeyringLocked
	case text == "EOF", strings.Contains(text, "broken pipe"), strings.Contains(text, "connection reset"):
		return agent.ErrKeyringAbsent // the bus itself is gone
	}
	var e dbus.Error
	if !errors.As(err, &e) {
		var p *dbus.Error
		if !errors.As(err, &p) {
			return nil
		}
		e = *p
	}
	switch name, _ := strings.CutPrefix(e.Name, "org.freedesktop.DBus.Error."); name {
	case "org.freedesktop.Secret.Error.IsLocked":
		return agent.ErrKeyringLocked
	case "ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "NoServer", "TimedOut", "Timeout", "AccessDenied":
		return agent.ErrKeyringAbsent
	default:
		if strings.HasPrefix(name, "Spawn.") {
			return agent.ErrKeyringAbsent
		}
		return nil
	}
}
