package effective

import (
	"slices"
	"strings"
)

// kind is what a file's text is written in, and for whom.
type kind int

const (
	kindNpm       kind = iota // .npmrc
	kindPnpmAuth              // auth.ini
	kindPnpmRC                // rc, of pnpm 10 and before
	kindPnpmYAML              // pnpm's config.yaml
	kindWorkspace             // pnpm-workspace.yaml
	kindYarn                  // .yarnrc.yml
	kindYarn1                 // .yarnrc
	kindBun                   // bunfig.toml
)

var kinds = map[string]kind{
	"auth.ini": kindPnpmAuth, "rc": kindPnpmRC, "config.yaml": kindPnpmYAML, "pnpm-workspace.yaml": kindWorkspace,
	".yarnrc.yml": kindYarn, ".yarnrc": kindYarn1, "bunfig.toml": kindBun, ".bunfig.toml": kindBun,
}

// kindOf tells by the name and the level. A user's .npmrc may have any name.
func kindOf(f *File) kind {
	k := kinds[f.Path[strings.LastIndexAny(f.Path, `/\`)+1:]]
	switch pnpm := k == kindPnpmAuth || k == kindPnpmRC || k == kindPnpmYAML; {
	case f.Level == LevelYarn:
		return kindYarn
	case pnpm != (f.Level == LevelPnpm):
		return kindNpm
	}
	return k
}

// files are those of a kind, by levels: all of the first level come first.
func (w World) files(k kind, levels ...Level) (list []*File) {
	for _, level := range levels {
		for i := range w.Files {
			if f := &w.Files[i]; f.Level == level && kindOf(f) == k {
				list = append(list, f)
			}
		}
	}
	return list
}

// project are the levels of the folder as managers see it that take a workspace for one project.
func (w World) project() Level {
	if w.Member {
		return LevelWorkspace
	}
	return LevelProject
}

// foreign reports whether a file is a project's, not the user's own.
func foreign(l Level) bool {
	return slices.Contains([]Level{LevelProject, LevelWorkspace, LevelAbove}, l)
}
