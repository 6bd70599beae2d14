package agent

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// keepTold is how many contents of project files are remembered as told about.
const keepTold = 2000

// Inspect implements api.Agent.
func (a *Agent) Inspect(ctx context.Context, req api.InspectRequest) (api.Inspection, error) {
	if !filepath.IsAbs(req.Dir) {
		return api.Inspection{}, &api.Error{Code: api.CodeUsage, Cause: "the folder must be an absolute path"}
	}
	dir := filepath.Clean(req.Dir)
	out := api.Inspection{Dir: dir, Findings: []api.Finding{}}
	near := a.around(dir)
	if len(near) == 0 && !req.Scopes {
		return out, nil
	}
	if req.Scopes {
		if err := a.managersFound(ctx); err != nil {
			return out, err
		}
	}
	known, err := ask(ctx, a, func() (knowledge, error) { return a.core.knowledge(), nil })
	if err != nil {
		return out, err
	}
	if req.Scopes {
		if out.Project, err = a.projectAt(ctx, dir, known); err != nil || len(near) == 0 {
			return out, err
		}
	}
	out.Dir = near[0].dir
	found, findings, sums := a.dangers(near, known)
	for _, p := range a.problemsAround(ctx, near, known) {
		// To move a line to the user's own file is bad advice where the line leads to a stranger.
		if p.Code != lint.ProjectPlaceholder || !slices.ContainsFunc(findings, func(f api.Finding) bool { return f.File == p.File && f.Severity == api.SeverityError }) {
			findings = append(findings, p)
		}
	}
	out.Findings = findings
	out.Seal, out.Withhold = a.seal(found, known)
	if !req.Once {
		return out, nil
	}
	out.Findings, err = ask(ctx, a, func() ([]api.Finding, error) { return a.core.untold(sums, out.Findings), nil })
	return out, err
}

// projectAt is what counts in a folder.
func (a *Agent) projectAt(ctx context.Context, dir string, known knowledge) (*api.Project, error) {
	near := a.around(dir)
	sources := a.usersSources()
	for _, f := range a.linesAround(near) {
		sources = append(sources, lint.Source{Path: f.path(), Level: lintLevels[f.name], Data: f.data})
	}
	a.seen(ctx, known, sources)
	p := a.project(dir, near, a.userWorld(known))
	view, err := ask(ctx, a, func() (api.Project, error) {
		watched := slices.Contains(a.core.settings.Projects, dir)
		p.view.Found = !watched && slices.Contains(a.core.search.dirs, dir)
		return a.core.viewProject(p), nil
	})
	return &view, err
}

// dangers looks at each folder's files for what would carry a credential elsewhere, and names their contents.
func (a *Agent) dangers(near []nearDir, known knowledge) (found []hostile.Danger, out []api.Finding, sums map[string]string) {
	out, sums = []api.Finding{}, map[string]string{}
	for _, n := range near {
		v := a.judge(n, known.registries)
		for name, sum := range v.sums {
			sums[filepath.Join(n.dir, name)] = sum
		}
		for _, d := range v.dangers {
			f := api.Finding{
				Code: d.Code, Severity: api.SeverityInfo, File: filepath.Join(n.dir, d.File), Line: d.Line,
				Args: map[string]string{"Key": d.Key, "Host": d.Host, "Variable": d.Variable},
			}
			if d.Severity == hostile.High {
				f.Severity = api.SeverityError
			}
			found, out = append(found, d), append(out, f)
		}
	}
	return found, out, sums
}

// seal says what keeps the sessions from a project of these dangers, in the environment of package managers.
func (a *Agent) seal(found []hostile.Danger, known knowledge) (seal, withhold []string) {
	u := hostile.User{Names: known.ours}
	for _, m := range known.managers {
		u.Own.Yarn1 = u.Own.Yarn1 || m.Name == "yarn" && m.Major() == 1
		u.Pnpm10 = u.Pnpm10 || m.Name == "pnpm" && m.Major() < 11
	}
	for _, s := range a.usersSources() {
		u.Own = ownSettings(u.Own, s)
	}
	pairs, withhold := hostile.Protect(found, u)
	for _, p := range pairs {
		seal = append(seal, p.Name+"="+p.Value)
	}
	return seal, withhold
}

// ownSettings adds what a file of the user's says of proxies and certificates.
func ownSettings(own hostile.Own, s lint.Source) hostile.Own {
	if s.Level == lint.Yarn {
		if f, err := yarnrc.Parse(s.Data); err == nil {
			for _, v := range f.Scalars() {
				switch key := v.Path[len(v.Path)-1]; {
				case key == "enableStrictSsl" && v.Value == "false":
					own.LaxSSL = true
				case key == "httpProxy" && v.Value != "":
					own.Proxy = v.Value
				case key == "httpsProxy" && v.Value != "":
					own.HTTPSProxy = v.Value
				}
			}
		}
		return own
	}
	for e := range npmrc.Parse(s.Data).Entries() {
		switch {
		case !e.Top() || s.Level == lint.Project:
		case e.Key == "strict-ssl" && e.Value == "false":
			own.LaxSSL = true
		case e.Key == "proxy" || e.Key == "http-proxy":
			own.Proxy = e.Value
		case e.Key == "https-proxy":
			own.HTTPSProxy = e.Value
		}
	}
	return own
}

// problemsAround checks the credential lines of a project's files, together with the user's.
func (a *Agent) problemsAround(ctx context.Context, near []nearDir, known knowledge) (out []api.Finding) {
	sources := a.usersSources()
	files := a.linesAround(near)
	for _, f := range files {
		sources = append(sources, lint.Source{Path: f.path(), Level: lintLevels[f.name], Data: f.data})
	}
	a.seen(ctx, known, sources)
	for _, p := range lint.Check(known.lintFacts(sources)) {
		if slices.ContainsFunc(files, func(f nearFile) bool { return f.path() == p.Path }) {
			out = append(out, problemFinding(p))
		}
	}
	return out
}

// lintLevels are the project files whose lines are checked.
var lintLevels = map[string]lint.Level{".npmrc": lint.Project, ".yarnrc.yml": lint.YarnProject, ".env.yarn": lint.YarnEnv}

// untold leaves out what is not worth a word at every entering, and what was told of files with this very
// content. What it lets through counts as told.
func (c *core) untold(sums map[string]string, all []api.Finding) []api.Finding {
	out := []api.Finding{}
	for _, f := range all {
		if f.Severity != api.SeverityInfo && !slices.Contains(c.told, sums[f.File]) {
			out = append(out, f)
		}
	}
	for _, f := range out {
		if !slices.Contains(c.told, sums[f.File]) {
			c.told = append(c.told, sums[f.File])
			c.touch()
		}
	}
	c.told = c.told[max(0, len(c.told)-keepTold):]
	return out
}

// problemFinding is a problem as the faces show it.
func problemFinding(p lint.Problem) api.Finding {
	f := api.Finding{Code: p.Code, Severity: api.Severity(p.Severity), File: p.Path, Line: p.Line, Args: p.Args}
	if len(p.Fix) > 0 {
		f.Action = &api.Action{Verb: api.VerbFix, Path: p.Path}
	}
	return f
}
