package cli

import (
	"context"
	"os"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// helperPatience is how long pnpm's helper waits for the user to sign in. pnpm kills it after 60 seconds.
const helperPatience = 50 * time.Second

// helper prints what pnpm sends to a registry, and nothing else. pnpm 10 takes it as it is, so the scheme
// is part of it; later ones take it with a scheme or without.
func (a *app) helper(ctx context.Context, name string, noInput bool) error {
	u, err := registry.Parse(name)
	if name == registry.Public.Name() {
		u, err = registry.Public, nil
	}
	if err != nil {
		return &misuse{"registry", i18n.Args{"Registry": clean(name)}}
	}
	req := api.GrantRequest{Use: api.UseHelper, Registry: u.String(), Program: "pnpm"}
	if req.Dir, err = os.Getwd(); err != nil {
		req.Dir = "" // a folder that is gone has no files
	}
	g, err := a.agent.Grant(ctx, req)
	if isCode(err, api.CodeEnded) && !a.quiet(noInput) {
		if err := a.renewUnseen(ctx, req.Registry, err); err != nil {
			return err
		}
		g, err = a.agent.Grant(ctx, req)
	}
	if err != nil {
		return err
	}
	for _, it := range g.Items {
		if it.Registry == req.Registry && !it.Secret.IsZero() {
			return a.print("Bearer " + it.Secret.Reveal() + "\n")
		}
	}
	return &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": u.Name()}}
}

// renewUnseen has the user sign in, who sees no more of it than the browser: pnpm shows nothing of what its
// helper says. ended is why that is needed, and what is answered where it does not come to pass.
func (a *app) renewUnseen(ctx context.Context, address string, ended error) error {
	dir, err := os.Getwd()
	if err != nil {
		dir = os.TempDir()
	}
	// The agent knows whether the user wants to be asked, and was not asked just now.
	due, err := a.agent.Due(ctx, api.DueRequest{Manager: "pnpm", Args: []string{"install", "--registry=" + address}, Dir: dir})
	if err != nil {
		return err
	}
	wanted := false
	for _, s := range due {
		wanted = wanted || s.Registry == address
	}
	if !wanted {
		return ended
	}
	patient, cancel := context.WithTimeout(ctx, helperPatience)
	defer cancel()
	err = a.agent.Login(patient, api.LoginRequest{Registry: address, Unseen: true}, nil)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	a.snooze(address, snoozeFailed) // pnpm asks more than once in an install
	if patient.Err() != nil {
		return ended
	}
	return err
}
