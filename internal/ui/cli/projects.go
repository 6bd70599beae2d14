package cli

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type projectsOptions struct {
	json, scan, watch, whole, yes bool
	forget                        string
}

func (a *app) projectsCommand() *cobra.Command {
	var o projectsOptions
	cmd := &cobra.Command{
		Use: "projects [folder...]", GroupID: groupSetup,
		RunE: func(cmd *cobra.Command, args []string) error { return a.projects(cmd.Context(), args, o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.scan, "scan", false, "")
	f.BoolVar(&o.watch, "watch", false, "")
	f.BoolVar(&o.whole, "whole", false, "")
	f.StringVar(&o.forget, "forget", "", "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	return cmd
}

// projects says which registry and which credential counts in a folder, or in all that are watched and found.
func (a *app) projects(ctx context.Context, folders []string, o projectsOptions) error {
	if o.forget != "" {
		return a.forgetRoot(ctx, o.forget)
	}
	if o.scan || o.watch {
		return a.scanProjects(ctx, folders, o)
	}
	if err := a.atMostOne(nil, folders); err != nil {
		return err
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	dir, err := absolute(first(folders))
	if err != nil {
		return noFolder(first(folders), err)
	}
	seen, err := a.agent.Inspect(ctx, api.InspectRequest{Dir: dir, Scopes: true})
	if err != nil {
		return err
	}
	p := seen.Project
	switch {
	case p != nil && (len(folders) > 0 || len(p.Files) > 0):
		return a.oneProject(wholeProject(*p), o.json)
	case p == nil && len(folders) > 0: // an older agent
		return &api.Error{Code: api.CodeInternal, Cause: "the agent does not tell of folders: restart it"}
	}
	return a.allProjects(s, o.json)
}

func noFolder(name string, err error) error {
	return &api.Error{Code: api.CodeFolder, Args: map[string]string{"Dir": name}, Cause: err.Error()}
}

func (a *app) oneProject(p api.Project, asJSON bool) error {
	if asJSON {
		return a.json(struct {
			Schema  int         `json:"schema_version"`
			Project api.Project `json:"project"`
		}{api.Schema, p})
	}
	return a.print(a.projectWords(p))
}

func (a *app) allProjects(s api.Snapshot, asJSON bool) error {
	if asJSON {
		out := struct {
			Schema   int           `json:"schema_version"`
			Projects []api.Project `json:"projects"`
			More     int           `json:"more_projects"`
			Roots    []string      `json:"roots"`
		}{api.Schema, []api.Project{}, s.MoreProjects, append([]string{}, s.Settings.Roots...)}
		for _, p := range s.Projects {
			out.Projects = append(out.Projects, wholeProject(p))
		}
		return a.json(out)
	}
	return a.print(a.projectList(s))
}

// wholeProject has lists where JSON would have null.
func wholeProject(p api.Project) api.Project {
	if p.Files == nil {
		p.Files = []string{}
	}
	if p.Findings == nil {
		p.Findings = []api.Finding{}
	}
	p.Scopes = append([]api.Scope{}, p.Scopes...)
	for i := range p.Scopes {
		if p.Scopes[i].Credentials == nil {
			p.Scopes[i].Credentials = []api.Credential{}
		}
	}
	return p
}

// setRoots changes the folders below which projects are found.
func (a *app) setRoots(ctx context.Context, change func(roots []string) []string) error {
	s, err := a.snapshot(ctx) // anew: a while may have passed
	if err != nil {
		return err
	}
	s.Settings.Roots = change(slices.Clone(s.Settings.Roots))
	return a.agent.Do(ctx, api.Action{Verb: api.VerbSet, Settings: &s.Settings})
}

// forgetRoot finds projects below a folder no longer. It may be gone.
func (a *app) forgetRoot(ctx context.Context, root string) error {
	dir, err := filepath.Abs(root)
	if err != nil {
		return noFolder(root, err)
	}
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(s.Settings.Roots, dir) {
		a.say("%s\n", a.t("projects.forget.none", i18n.Args{"Dir": clean(dir)}))
		for _, one := range s.Settings.Roots {
			a.say("  %s\n", clean(one))
		}
		return status(2)
	}
	err = a.setRoots(ctx, func(roots []string) []string {
		return slices.DeleteFunc(roots, func(one string) bool { return one == dir })
	})
	if err == nil {
		a.say("%s\n", a.t("projects.forgotten", i18n.Args{"Dir": clean(dir)}))
	}
	return err
}
