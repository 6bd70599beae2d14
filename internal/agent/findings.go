package agent

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// findings lists what is worth telling now, the worst first.
func (c *core) findings() []api.Finding {
	out := slices.Concat(c.systemFindings(), c.fileFindings(), c.sessionFindings(), c.leakFindings(), c.problems, c.settingsBad)
	rank := map[api.Severity]int{api.SeverityError: 0, api.SeverityWarning: 1, api.SeverityInfo: 2}
	slices.SortStableFunc(out, func(a, b api.Finding) int { return rank[a.Severity] - rank[b.Severity] })
	return out
}

func (c *core) systemFindings() (out []api.Finding) {
	add := func(code string, sev api.Severity, args map[string]string) {
		out = append(out, api.Finding{Code: code, Severity: sev, Args: args})
	}
	switch err := c.keyring.err; {
	case err == nil:
	case errors.Is(err, ErrKeyringLocked):
		out = append(out, api.Finding{Code: api.FindingKeyringLocked, Severity: api.SeverityWarning, Action: &api.Action{Verb: api.VerbUnlock}})
	case errors.Is(err, ErrKeyringSlow):
		add(api.FindingKeyringSlow, api.SeverityWarning, nil)
	default:
		add(api.FindingKeyringAbsent, api.SeverityWarning, nil)
	}
	if c.envErr != nil {
		add(api.FindingEnvFile, api.SeverityError, map[string]string{"Dir": c.a.ports.Env.Dir(), "Cause": c.envErr.Error()})
	}
	if c.a.ports.Watcher.Polling() {
		add(api.FindingWatchPolling, api.SeverityInfo, nil)
	}
	if c.stateErr != nil {
		add(api.FindingStateWrite, api.SeverityWarning, map[string]string{"Cause": c.stateErr.Error()})
	}
	if c.stateBad != "" {
		out = append(out, api.Finding{Code: api.FindingState, Severity: api.SeverityWarning, File: c.stateBad})
	}
	if c.a.opts.Tray && c.asked && !c.trayHost {
		add(api.FindingNoTray, api.SeverityInfo, nil)
	}
	if c.settings.Notices && c.noticesAsked && !c.noticed {
		add(api.FindingNoNotices, api.SeverityInfo, nil)
	}
	if c.settings.DesktopEnv && (c.a.ports.Desktop == nil || c.desktop.err != nil) {
		cause := "this system has no way that keeps the session out of other programs' sight"
		if c.desktop.err != nil {
			cause = c.desktop.err.Error()
		}
		add(api.FindingDesktopEnv, api.SeverityWarning, map[string]string{"Cause": cause})
	}
	out = append(out, c.stale...)
	if c.needsHook() {
		add(api.FindingNoHook, api.SeverityInfo, nil)
	}
	if _, shared := c.variables(); len(shared) > 0 {
		add(api.FindingSharedVariable, api.SeverityWarning, map[string]string{"Variable": strings.Join(shared, ", ")})
	}
	return out
}

// needsHook reports whether a session is meant for the shells and none of them is known to load it.
func (c *core) needsHook() bool {
	now := c.now()
	return !c.hooked && !c.linting && !c.a.opts.Demo && slices.ContainsFunc(c.ordered(), func(e *entry) bool {
		return e.alive(now) && c.mode(e) == injection.ModeEnv && c.carried(e.Own, e.secret) && c.referredBy(e)
	})
}

// referredBy reports whether a file of the user's has a placeholder for e: without a shell it stands for nothing.
func (c *core) referredBy(e *entry) bool {
	return slices.ContainsFunc(c.places(e), func(p api.Place) bool { return p.Level != api.LevelProject && p.Variable != "" })
}

func (c *core) fileFindings() (out []api.Finding) {
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		f := c.files[path]
		if f.err != nil {
			out = append(out, api.Finding{Code: api.FindingFileUnreadable, Severity: api.SeverityError, File: path, Args: map[string]string{"Cause": f.err.Error()}})
		}
		if f.moveErr != nil {
			out = append(out, api.Finding{Code: api.FindingFileChanged, Severity: api.SeverityError, File: path, Args: map[string]string{"Cause": f.moveErr.Error()}})
		}
		for _, cred := range f.creds {
			if finding, ok := c.literalFinding(f, cred); ok {
				out = append(out, finding)
			}
		}
	}
	return out
}

// literalFinding tells of a secret that stands in a file as it is.
func (c *core) literalFinding(f *file, cred npmrc.Credential) (api.Finding, bool) {
	if !cred.Literal || cred.Dead {
		return api.Finding{}, false
	}
	if e, ok := c.movable(f, cred); ok && e.Fingerprint != cred.Value.Fingerprint() {
		return api.Finding{
			Code: api.FindingStaleLiteral, Severity: api.SeverityError, File: f.path, Line: cred.Line, Registry: e.Registry.String(),
			Args: map[string]string{"Registry": e.Registry.Name()}, Action: &api.Action{Verb: api.VerbMove, Registry: e.Registry.String()},
		}, true
	}
	if e, ok := c.movable(f, cred); ok && c.mode(e) == injection.ModeFile {
		return api.Finding{}, false // the user chose that it stands there
	}
	at := api.Finding{Code: api.FindingLiteral, Severity: api.SeverityWarning, File: f.path, Line: cred.Line, Args: map[string]string{"Key": cred.RegistryKey, "Kind": string(token.ClassifyLine(cred.Name, cred.Value, token.Found))}}
	u, err := c.urlOf(cred.RegistryKey)
	if err == nil {
		at.Registry = u.String()
		at.Args["Registry"] = u.Name()
	}
	if e := c.sessions[u]; err == nil && e != nil && open(cred) && e.alive(c.now()) && e.Fingerprint != cred.Value.Fingerprint() && f.editable() {
		at.Code = api.FindingOtherCredential
		return at, true
	}
	switch {
	case err == nil && u == registry.Public && token.Classify(cred.Value, token.Found) == token.KindClassic:
		at.Code, at.Severity = api.FindingClassic, api.SeverityError
	case f.level == api.LevelProject && c.toldAsTracked(f.path, cred.Line):
		return api.Finding{}, false
	case f.level == api.LevelProject:
		at.Code = api.FindingProjectLiteral
	case cred.Name == "_authToken" && err == nil:
		at.Action = &api.Action{Verb: api.VerbMove, Registry: u.String()}
	}
	return at, true
}

func (c *core) sessionFindings() (out []api.Finding) {
	for _, e := range c.ordered() {
		name := map[string]string{"Registry": e.Registry.Name()}
		add := func(code string, sev api.Severity, do *api.Action) {
			out = append(out, api.Finding{Code: code, Severity: sev, Registry: e.Registry.String(), Args: name, Action: do})
		}
		if !e.Registry.Secure() && !e.Registry.Loopback() {
			add(api.FindingInsecure, api.SeverityError, nil)
		}
		if e.Offset != 0 {
			name["Offset"] = e.Offset.String()
			add(api.FindingClockSkew, api.SeverityWarning, nil)
		}
		if fail := c.failed[e.Registry]; fail != nil && fail.Code != api.CodeCancelled {
			name["Code"] = fail.Code
			add(api.FindingLogin, api.SeverityWarning, nil)
		}
		if e.Fingerprint != "" && !c.referred(e) {
			add(api.FindingNoLine, api.SeverityWarning, &api.Action{Verb: api.VerbMove, Registry: e.Registry.String()})
		}
		if e.Held && len(e.Names) > 0 {
			name["Variable"], name["Own"] = strings.Join(e.Names, ", "), e.Own
			add(api.FindingKnownVariable, api.SeverityInfo, nil)
		}
	}
	for _, k := range c.keptOnes() {
		if k.Variable != "" && !k.Coming && !k.Leaving && !strings.HasPrefix(k.Variable, injection.OwnPrefix) && c.keptMode(k.Registry) != injection.ModeExec {
			out = append(out, api.Finding{Code: api.FindingKeptVariable, Severity: api.SeverityInfo, Args: map[string]string{"Variable": k.Variable, "ID": k.ID}})
		}
	}
	return out
}
