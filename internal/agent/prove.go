package agent

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// proveTime is how long a fresh shell may take to answer.
const proveTime = 20 * time.Second

// question is what a fresh shell is asked.
type question struct {
	command string
	account string
	secrets []token.Secret // that must not be in what is shown of its answer
}

// Prove implements api.Agent.
func (a *Agent) Prove(ctx context.Context, req api.ProveRequest) (api.Proof, error) {
	if !slices.Contains(a.ports.Shells.Detect(), req.Shell) {
		return api.Proof{}, &api.Error{Code: api.CodeUsage, Cause: "this user has no such shell: " + plain(req.Shell)}
	}
	q, err := ask(ctx, a, func() (question, error) { return a.core.question(req) })
	if err != nil {
		return api.Proof{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, proveTime)
	defer cancel()
	out, err := a.ports.Shells.Prove(ctx, req.Shell, q.command)
	if errors.Is(ctx.Err(), context.Canceled) {
		return api.Proof{}, &api.Error{Code: api.CodeCancelled}
	}
	out = q.without(out)
	p := api.Proof{Shell: req.Shell, Command: q.command}
	if p.Account = q.answer(out); err == nil && p.Account != "" {
		p.OK = q.account == "" || p.Account == q.account
	}
	if !p.OK {
		p.Account, p.Answer = "", lastWords(out)
		a.log.Info("A fresh shell has no session", "shell", req.Shell, "error", err)
	}
	return p, nil
}

// question is the command that asks a registry who is signed in, as the session of it reaches the tools.
func (c *core) question(req api.ProveRequest) (q question, err error) {
	e, err := c.proven(req.Registry)
	if err != nil {
		return q, err
	}
	url := e.Registry.String()
	if odd.MatchString(url) {
		if url, err = injection.Quote(families[req.Shell], url); err != nil {
			return q, &api.Error{Code: api.CodeUsage, Cause: err.Error()}
		}
	}
	q.command, q.account = c.whoami()+" --registry "+url, e.Account
	if c.mode(e) == injection.ModeExec {
		q.command = "sandglass exec -- " + q.command
	}
	for _, e := range c.sessions {
		q.secrets = append(q.secrets, e.secret)
	}
	return q, nil
}

// odd are the characters that may mean something to a shell.
var odd = regexp.MustCompile(`[^A-Za-z0-9:/._~-]`)

// families are the grammars of the shells.
var families = map[string]injection.Shell{
	"bash": injection.Posix, "zsh": injection.Posix, "fish": injection.Fish, "pwsh": injection.PowerShell, "nu": injection.Nu,
}

// whoami is the command of a package manager that the user has.
func (c *core) whoami() string {
	has := func(name string) bool {
		return slices.ContainsFunc(c.managers, func(m injection.Manager) bool { return m.Name == name })
	}
	switch {
	case has("npm"):
	case has("pnpm"):
		return "pnpm whoami"
	case has("yarn"):
		return "yarn npm whoami"
	}
	return "npm whoami"
}

// proven is the session that a proof is about: of the registry, or the one that lives longest.
func (c *core) proven(raw string) (*entry, error) {
	var best *entry
	var u registry.URL
	if raw != "" {
		var err error
		if u, err = c.known(raw); err != nil {
			return nil, err
		}
	}
	now := c.now()
	for _, e := range c.ordered() { // those that end first come first, and those without a known end last
		if e.alive(now) && c.open() && (raw == "" || e.Registry == u) {
			best = e
		}
	}
	if best == nil && raw != "" {
		return nil, &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
	}
	if best == nil {
		return nil, &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": registry.Public.Name(), "URL": registry.Public.String()}}
	}
	return best, nil
}

// answer is the account that a shell named, "" if none. Shells and package managers say other things, too.
func (q question) answer(out string) string {
	last := ""
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if q.account != "" && (line == q.account || line == npmrc.Redact(q.account)) {
			return q.account
		}
		if name.MatchString(line) {
			last = line
		}
	}
	return last
}

// name is what a line with an account and nothing else looks like.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,213}$`)

// without is an answer without the secrets that are known. What stands in a line of its own is no account then.
func (q question) without(out string) string {
	for _, s := range q.secrets {
		if !s.IsZero() {
			out = strings.ReplaceAll(out, s.Reveal(), npmrc.Redacted)
			out = strings.ReplaceAll(out, npmrc.Redact(s.Reveal()), npmrc.Redacted) // a part of it was taken out before
		}
	}
	return out
}

// lastWords are the end of an answer that was none, without what looks like a secret.
func lastWords(out string) string {
	lines := strings.Split(strings.TrimSpace(npmrc.Redact(out)), "\n")
	const few = 12
	return strings.Join(lines[max(0, len(lines)-few):], "\n")
}
