package agentsuite

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// discover: projects are found, and nothing is watched by that; below roots of the settings they are shown.
func discover(t *testing.T, r Rig) {
	dir := r.World.Folder(map[string]string{".npmrc": "@acme:registry=" + r.url() + "\n", "bunfig.toml": ""})
	told := 0
	d, err := r.Agent.Discover(t.Context(), api.DiscoverRequest{Roots: []string{dir}}, func(p api.Progress) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Projects) != 1 || d.Projects[0].Dir != dir || d.Projects[0].Watched || !slices.Equal(d.Projects[0].Files, []string{".npmrc", "bunfig.toml"}) || told == 0 {
		t.Fatalf("told %d times, found %+v", told, d)
	}
	if s := r.now(t); len(s.Projects) != 0 || len(s.Settings.Roots) != 0 {
		t.Errorf("watched without being asked to: %+v", s.Projects)
	}
	seen, err := r.Agent.Inspect(t.Context(), api.InspectRequest{Dir: dir, Scopes: true})
	if err != nil || seen.Project == nil || seen.Project.Found || len(seen.Project.Scopes) != 2 || seen.Project.Scopes[1].Registry != r.url() {
		t.Errorf("inspected %+v, %v", seen.Project, err)
	}

	given := r.now(t).Settings
	given.Roots = []string{dir}
	r.do(t, api.Action{Verb: api.VerbSet, Settings: &given})
	r.until(t, "the found project", func(s api.Snapshot) bool {
		return len(s.Projects) == 1 && s.Projects[0].Dir == dir && s.Projects[0].Found && len(s.Projects[0].Scopes) == 2
	})
	d, err = r.Agent.Discover(t.Context(), api.DiscoverRequest{}, nil)
	if err != nil || len(d.Projects) != 1 || !d.Projects[0].Watched {
		t.Errorf("below the roots of the settings: %+v, %v", d, err)
	}
	r.do(t, api.Action{Verb: api.VerbWatch, Path: dir})
	r.until(t, "the watched project", func(s api.Snapshot) bool { return len(s.Projects) == 1 && !s.Projects[0].Found })
	given = r.now(t).Settings
	given.Roots, given.Projects = nil, nil
	r.do(t, api.Action{Verb: api.VerbSet, Settings: &given})
	r.until(t, "no project", func(s api.Snapshot) bool { return len(s.Projects) == 0 })
}

func discoverRefused(t *testing.T, r Rig) {
	dir := r.World.Folder(nil)
	for _, c := range []struct {
		roots []string
		code  string
	}{
		{nil, api.CodeUsage},
		{[]string{"src"}, api.CodeUsage},
		{[]string{dir, filepath.Join(dir, "gone")}, api.CodeFolder},
		{[]string{filepath.VolumeName(dir) + string(filepath.Separator)}, api.CodeWhole},
	} {
		_, err := r.Agent.Discover(t.Context(), api.DiscoverRequest{Roots: c.roots}, nil)
		refused(t, err, c.code)
	}
}
