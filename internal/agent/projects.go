package agent

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// project is a watched folder as its files are. Which credentials are live is told from the sessions.
type project struct {
	stamp, world string // what it was made of
	view         api.Project
	scopes       []effective.Scope
	literals     []lineOf      // in its own files
	tracked      []api.Finding // those of them that git keeps, or would
}

// projects remembers what was found in watched folders, as long as their files and the user's are what they were.
type projects struct {
	mu  sync.Mutex
	all map[string]project
}

// configNames are a project's files that name registries and credentials.
var configNames = []string{".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml"}

// userWorld is what counts in every folder.
type userWorld struct {
	known   knowledge
	sources []lint.Source
	files   []effective.File
	sum     string // of all of it
}

// projectLevels are the user's own files as package effective calls them.
var projectLevels = map[api.Level]effective.Level{
	api.LevelUser: effective.LevelUser, api.LevelGlobal: effective.LevelGlobal, api.LevelPnpm: effective.LevelPnpm, api.LevelYarn: effective.LevelYarn,
}

// userWorld reads the user's own files. Beside those that are watched some managers have others.
func (a *Agent) userWorld(known knowledge) userWorld {
	w := userWorld{known: known, sources: a.usersSources()}
	read := slices.Clone(a.opts.Files)
	for _, f := range a.opts.Files {
		if f.Level == api.LevelPnpm {
			read = append(read, ConfigFile{filepath.Join(filepath.Dir(f.Path), "rc"), api.LevelPnpm})
		}
	}
	for _, name := range []string{".yarnrc", ".bunfig.toml"} {
		read = append(read, ConfigFile{filepath.Join(a.opts.Home, name), api.LevelUser})
	}
	var sums strings.Builder
	for _, f := range read {
		data, err := a.ports.Files.Read(f.Path)
		if err != nil {
			continue
		}
		w.files = append(w.files, effective.File{Path: f.Path, Level: projectLevels[f.Level], Text: data})
		sums.WriteString(contentSum(f.Path, "", data))
	}
	rest, _ := json.Marshal([]any{known.managers, known.ours, known.defined, known.sessionFacts()}) // texts and numbers can always be written
	w.sum = sums.String() + knownKey(known.registries) + string(rest)
	return w
}

// sessionFacts is what the checks of lines know of sessions, for comparing.
func (k knowledge) sessionFacts() map[string]string {
	facts := map[string]string{}
	for key, s := range k.sessions {
		facts[key] = s.Own
	}
	return facts
}

// survey looks at the watched folders whose files, or the user's, are not what they were.
func (a *Agent) survey(known knowledge, dirs []string) []project {
	w := a.userWorld(known)
	a.projects.mu.Lock()
	defer a.projects.mu.Unlock()
	was, now := a.projects.all, map[string]project{}
	folder := a.folders() // many projects have the same folders above them
	var out []project
	for _, dir := range slices.Sorted(slices.Values(dirs)) {
		near := around(dir, a.opts.Home, folder)
		stamp := dir
		for _, n := range near {
			stamp += "\x00" + n.dir + "\x00" + n.stamp
		}
		p, ok := was[dir]
		if !ok || p.stamp != stamp || p.world != w.sum || p.view.Missing {
			p = a.project(dir, near, w)
			p.stamp, p.world = stamp, w.sum
		}
		now[dir] = p
		out = append(out, p)
	}
	a.projects.all = now
	return out
}

// project looks at one folder.
func (a *Agent) project(dir string, near []nearDir, w userWorld) project {
	p := project{view: api.Project{Dir: dir, Files: []string{}, Scopes: []api.Scope{}, Findings: []api.Finding{}}}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		p.view.Missing = true
		return p
	}
	e, files, own := a.worldAt(dir, near, w)
	p.view.Files = append(p.view.Files, files...)
	p.view.OwnScope = a.manifest(dir).ownScope()
	p.scopes = effective.Of(e)
	p.literals = a.literals(dir, near)
	p.view.Findings = a.projectFindings(near, w.known, own, slices.Concat(w.sources, own))
	return p
}

// worldAt is what package managers find in a folder: the files that count, the paths of those near it, and the lines
// of the latter that are checked.
func (a *Agent) worldAt(dir string, near []nearDir, w userWorld) (e effective.World, files []string, own []lint.Source) {
	e = effective.World{Files: slices.Clone(w.files), Managers: w.known.managers, Env: func(name string) bool { return w.known.defined[name] }}
	root := a.workspace(dir, near)
	e.Member = root != ""
	for _, n := range near {
		level := map[string]effective.Level{dir: effective.LevelProject, root: effective.LevelWorkspace}[n.dir]
		if level == "" {
			level = effective.LevelAbove
		}
		for _, name := range n.names {
			path := filepath.Join(n.dir, name)
			isLint := lintLevels[name] != ""
			if !isLint && !slices.Contains(configNames, name) {
				continue
			}
			data, err := a.ports.Files.Read(path)
			if slices.Contains(configNames, name) {
				files = append(files, path)
				e.Files = append(e.Files, effective.File{Path: path, Level: level, Text: data})
			}
			if err == nil && isLint {
				own = append(own, lint.Source{Path: path, Level: lintLevels[name], Data: data})
			}
		}
	}
	return e, files, own
}

// projectFindings are those that Inspect has for the folder.
func (a *Agent) projectFindings(near []nearDir, known knowledge, own, all []lint.Source) []api.Finding {
	_, out, _ := a.dangers(near, known)
	for _, p := range lint.Check(known.lintFacts(all)) {
		ours := slices.ContainsFunc(own, func(s lint.Source) bool { return s.Path == p.Path })
		astray := slices.ContainsFunc(out, func(f api.Finding) bool { return f.File == p.Path && f.Severity == api.SeverityError })
		if ours && !(p.Code == lint.ProjectPlaceholder && astray) {
			out = append(out, problemFinding(p))
		}
	}
	return out
}

// workspace is the folder above of whose workspace dir is a package, "" if there is none.
func (a *Agent) workspace(dir string, near []nearDir) string {
	for _, n := range near {
		rel, err := filepath.Rel(n.dir, dir)
		if err != nil || rel == "." {
			continue
		}
		for _, name := range []string{"pnpm-workspace.yaml", "package.json"} {
			if !slices.Contains(n.names, name) {
				continue
			}
			data, err := a.ports.Files.Read(filepath.Join(n.dir, name))
			if err == nil && slices.ContainsFunc(packagesOf(name, data), func(glob string) bool { return within(glob, filepath.ToSlash(rel)) }) {
				return n.dir
			}
		}
	}
	return ""
}

// packagesOf lists the patterns of a workspace's packages.
func packagesOf(name string, data []byte) (globs []string) {
	if name == "pnpm-workspace.yaml" {
		doc, err := yamldoc.Parse(data)
		if err != nil {
			return nil
		}
		for _, v := range doc.Scalars() {
			if len(v.Path) > 0 && v.Path[0] == "packages" {
				globs = append(globs, v.Value)
			}
		}
		return globs
	}
	var manifest struct{ Workspaces json.RawMessage }
	if json.Unmarshal(data, &manifest) != nil {
		return nil
	}
	var nested struct{ Packages []string }
	if json.Unmarshal(manifest.Workspaces, &globs) != nil && json.Unmarshal(manifest.Workspaces, &nested) == nil {
		return nested.Packages
	}
	return globs
}

// within reports whether a pattern of a workspace holds a folder below its root.
func within(glob, rel string) bool {
	glob = strings.Trim(strings.TrimPrefix(glob, "./"), "/")
	if base, ok := strings.CutSuffix(glob, "/**"); ok {
		return strings.HasPrefix(rel, base+"/")
	}
	ok, err := path.Match(glob, rel)
	return glob == "**" || ok && err == nil
}
