package cli

import (
	"context"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// logout ends a session. Without a name it is the one there is.
func (a *app) logout(ctx context.Context, name string) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	address := resolve(name, s)
	if name == "" {
		if address, err = onlySession(s); err != nil {
			return err
		}
	}
	if err := a.agent.Logout(ctx, address); err != nil {
		return err
	}
	a.say("%s\n", a.t("logout.done", i18n.Args{"Registry": nameOf(address)}))
	return nil
}

// onlySession is the registry of the one session. With several, the user must say which: logging out
// of the wrong one cannot be taken back.
func onlySession(s api.Snapshot) (string, error) {
	var found []string
	for _, one := range s.Sessions {
		if one.State != api.StateNone {
			found = append(found, one.Registry)
		}
	}
	switch len(found) {
	case 0:
		return "", &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": registry.Public.Name()}}
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, address := range found {
		names[i] = nameOf(address)
	}
	return "", &misuse{"which", i18n.Args{"Registries": strings.Join(names, ", ")}}
}
