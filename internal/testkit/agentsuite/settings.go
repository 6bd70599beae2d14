package agentsuite

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// settings: what was set is what the snapshot says, and the file's next reader finds.
func settings(t *testing.T, r Rig) {
	dir := r.World.Folder(nil)
	want := r.now(t).Settings
	for name, change := range map[string]func(s *api.Settings){
		"quiet hours":     func(s *api.Settings) { s.Quiet = "22:00-08:00" },
		"animations":      func(s *api.Settings) { s.Animations = !s.Animations },
		"welcomed":        func(s *api.Settings) { s.Welcomed = true },
		"language":        func(s *api.Settings) { s.Language = "ja" },
		"notices":         func(s *api.Settings) { s.Notices = !s.Notices },
		"empty on lock":   func(s *api.Settings) { s.EmptyOnLock = true },
		"log level":       func(s *api.Settings) { s.LogLevel = "debug" },
		"mode":            func(s *api.Settings) { s.DefaultMode = injection.ModeExec },
		"mode of one":     func(s *api.Settings) { s.Modes = map[string]injection.Mode{r.url(): injection.ModeEnv} },
		"renew":           func(s *api.Settings) { s.Renew = !s.Renew },
		"projects":        func(s *api.Settings) { s.Projects = []string{dir} },
		"roots":           func(s *api.Settings) { s.Roots = []string{dir} },
		"no quiet hours":  func(s *api.Settings) { s.Quiet = "" },
		"system language": func(s *api.Settings) { s.Language = "" },
	} {
		change(&want)
		given := want
		r.do(t, api.Action{Verb: api.VerbSet, Settings: &given})
		if diff := cmp.Diff(want, r.now(t).Settings, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after %s (-given +said):\n%s", name, diff)
		}
	}
}

// settingsRefused: what cannot be is told with the file's name, and nothing changes.
func settingsRefused(t *testing.T, r Rig) {
	want := r.now(t).Settings
	for name, change := range map[string]func(s *api.Settings){
		"quiet hours": func(s *api.Settings) { s.Quiet = "25:00-08:00" },
		"language":    func(s *api.Settings) { s.Language = "tlh" },
		"store":       func(s *api.Settings) { s.Store = "cloud" },
		"mode":        func(s *api.Settings) { s.DefaultMode = "always" },
		"mode of one": func(s *api.Settings) { s.Modes = map[string]injection.Mode{"x": injection.ModeEnv} },
		"log level":   func(s *api.Settings) { s.LogLevel = "loud" },
		"project":     func(s *api.Settings) { s.Projects = []string{"relative"} },
		"root":        func(s *api.Settings) { s.Roots = []string{"relative"} },
	} {
		bad := want
		bad.Welcomed = true // and what could be is not done by halves
		change(&bad)
		e := refused(t, r.Agent.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &bad}), api.CodeFile)
		if e.Args["File"] != r.now(t).Agent.Settings || e.Cause == "" {
			t.Errorf("%s: %+v", name, e)
		}
		if diff := cmp.Diff(want, r.now(t).Settings, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after %s (-before +after):\n%s", name, diff)
		}
	}
}

// settingsByHand: an edit of the file counts at once, and a line that cannot be used is told with its number.
func settingsByHand(t *testing.T, r Rig) {
	path := r.now(t).Agent.Settings
	r.World.Write(path, "language = \"ja\"\nquiet_hours = \"never\"\n", true)
	r.until(t, "the edit", func(s api.Snapshot) bool { return s.Settings.Language == "ja" })
	s := r.now(t)
	i := slices.IndexFunc(s.Findings, func(f api.Finding) bool { return f.Code == api.FindingSettings })
	if i < 0 || s.Findings[i].File != path || s.Findings[i].Line != 2 || s.Settings.Quiet != "" {
		t.Errorf("findings %+v, settings %+v", s.Findings, s.Settings)
	}
}

func projects(t *testing.T, r Rig) {
	dir := r.World.Folder(map[string]string{".npmrc": "@acme:registry=" + r.url() + "\n"})
	gone := filepath.Join(dir, "gone")
	for _, d := range []string{dir, dir, gone} { // the same twice is once
		r.do(t, api.Action{Verb: api.VerbWatch, Path: d})
	}
	r.until(t, "the project's files", func(s api.Snapshot) bool {
		return len(s.Projects) == 2 && s.Projects[0].Dir == dir && len(s.Projects[0].Files) == 1 && s.Projects[1].Missing
	})
	s := r.now(t)
	if !slices.Equal(s.Settings.Projects, []string{dir, gone}) {
		t.Errorf("settings %v", s.Settings.Projects)
	}
	scopes := s.Projects[0].Scopes
	if len(scopes) != 2 || scopes[0].Scope != "" || scopes[1].Scope != "@acme" || scopes[1].Registry != r.url() || scopes[1].Line != 1 {
		t.Errorf("scopes %+v", scopes)
	}
	if s.Projects[0].Findings == nil || s.Projects[1].Scopes == nil || s.Projects[1].Files == nil {
		t.Errorf("lists that are null: %+v", s.Projects)
	}
	r.do(t, api.Action{Verb: api.VerbUnwatch, Path: gone + "/"})
	r.do(t, api.Action{Verb: api.VerbUnwatch, Path: dir})
	r.until(t, "no project", func(s api.Snapshot) bool { return len(s.Projects) == 0 })
}
