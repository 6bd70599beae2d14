package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

type inspectOptions struct{ hook, json bool }

// inspect says what the config files in a folder would do with credentials. Its exit code is 7 where one
// reaches for them.
func (a *app) inspect(ctx context.Context, folder string, o inspectOptions) error {
	if o.hook {
		return a.inspectQuietly(ctx, folder)
	}
	dir, err := absolute(folder)
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": folder}, Cause: err.Error()}
	}
	if _, err := a.snapshot(ctx); err != nil { // starts the agent, and tells the language
		return err
	}
	seen, err := a.agent.Inspect(ctx, api.InspectRequest{Dir: dir})
	if err != nil {
		return err
	}
	if seen.Findings == nil {
		seen.Findings = []api.Finding{}
	}
	if o.json {
		err = a.json(struct {
			Schema int `json:"schema_version"`
			api.Inspection
		}{api.Schema, seen})
	} else {
		err = a.print(a.inspected(seen))
	}
	for _, f := range seen.Findings {
		if err == nil && f.Severity == api.SeverityError {
			return status(exitRefused)
		}
	}
	return err
}

func (a *app) inspected(seen api.Inspection) string {
	if len(seen.Findings) == 0 {
		return a.t("inspect.fine") + "\n"
	}
	st, out := a.style(a.Stdout), ""
	for i, f := range seen.Findings {
		if i > 0 {
			out += "\n"
		}
		out += a.finding(st, f)
	}
	return out
}

// inspectPatience is how long a shell waits for the answer.
const inspectPatience = 2 * time.Second

// inspectQuietly is for shells, on entering a project: it tells a thing once and waits for no agent to start.
// What keeps the project from the sessions it prints each time, for the shell's hook. Its exit code is 3 where
// nothing can be said of the folder: the hook then holds the sessions back.
func (a *app) inspectQuietly(ctx context.Context, folder string) error {
	dir, err := absolute(folder)
	if err != nil {
		return nil // there is nothing to be led astray in
	}
	ctx, cancel := context.WithTimeout(ctx, inspectPatience)
	defer cancel()
	seen, err := a.agent.Inspect(ctx, api.InspectRequest{Dir: dir, Once: true})
	if err != nil {
		if !isCode(err, api.CodeNoAgent) {
			a.say("%s\n", a.t("inspect.unknown"))
		}
		return status(exitNotSignedIn)
	}
	for _, setting := range slices.Concat(a.notSet(seen.Seal), seen.Withhold) {
		fmt.Fprintln(a.Stdout, setting) // a shell that went away needs none
	}
	if len(seen.Findings) == 0 {
		return nil
	}
	s, err := a.Env.Agent.Snapshot(ctx)
	if err == nil {
		a.language = s.Settings.Language
	}
	st := a.style(a.Stderr)
	for _, f := range seen.Findings {
		a.say("%s", a.short(st, f))
	}
	if len(seen.Seal) > 0 {
		a.say("%s\n", a.t("inspect.sealed"))
	}
	if len(seen.Withhold) > 0 {
		a.say("%s\n", a.t("inspect.withheld"))
	}
	if len(seen.Seal)+len(seen.Withhold) > 0 && slices.ContainsFunc(s.Sessions, func(one api.Session) bool { return one.Mode == injection.ModeFile }) {
		a.say("%s\n", a.t("inspect.file"))
	}
	return nil
}

// notSet leaves out the settings that the environment has already, in whatever case: npm takes them all, and
// what the user says goes.
func (a *app) notSet(settings []string) []string {
	has := map[string]bool{}
	for _, v := range a.Environ() {
		name, _, _ := strings.Cut(v, "=")
		has[strings.ToLower(name)] = true
	}
	return slices.DeleteFunc(slices.Clone(settings), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return has[strings.ToLower(name)]
	})
}

// absolute is a folder's path, of the current one for "". It must be there.
func absolute(folder string) (string, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "inspect", Path: dir, Err: os.ErrInvalid}
	}
	return dir, err
}
