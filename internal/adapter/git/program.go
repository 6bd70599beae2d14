package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// program finds git in the folders of PATH: absolute ones only, none of a project's node_modules and none within the
// repository, for there anybody's program may be called git.
func program(list, within string) (string, error) {
	for _, dir := range filepath.SplitList(list) {
		if !filepath.IsAbs(dir) || slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), "node_modules") || inside(dir, within) {
			continue
		}
		path := filepath.Join(dir, programName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && runnable(info) {
			return path, nil
		}
	}
	return "", ErrNoGit
}

// nearest is the folder that looks like the root of the repository that dir is in, before git can be asked, or dir.
func nearest(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// inside reports whether a path is dir or lies below it. Both are absolute.
func inside(path, dir string) bool {
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// overrides are settings of a repository's that start programs or get in the way of plain answers.
var overrides = []string{
	"core.fsmonitor=false", "core.hooksPath=" + os.DevNull, "core.pager=cat", "core.editor=false", "core.sshCommand=false", "core.askPass=false", "core.alternateRefsCommand=false",
	"protocol.allow=never", "credential.helper=", "diff.external=", "diff.trustExitCode=false", "gpg.program=false", "log.showSignature=false",
	"core.untrackedCache=false", "core.preloadIndex=false", "gc.auto=0", "maintenance.auto=false", "advice.detachedHead=false", "core.quotePath=true", "color.ui=never", "submodule.recurse=false",
}

// kept are variables of git's that are the user's own word: where the config is, and how far to look.
var kept = []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"}

// environ is what git is started with.
func environ(env []string, w Where) []string {
	var out []string
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		name = strings.ToUpper(name)
		if strings.HasPrefix(name, "GIT_") && !slices.Contains(kept, name) || slices.Contains([]string{"LANGUAGE", "LC_ALL", "PAGER", "EDITOR", "VISUAL", "SSH_ASKPASS"}, name) {
			continue
		}
		out = append(out, v)
	}
	out = append(out, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LITERAL_PATHSPECS=1")
	for name, value := range map[string]string{"GIT_DIR": w.GitDir, "GIT_WORK_TREE": w.WorkTree, "GIT_INDEX_FILE": w.IndexFile} {
		if value != "" {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// HookWhere says which repository a hook was started for: git tells it in the environment, and a commit of single
// files has an index of its own.
func HookWhere(dir string, env []string) Where {
	w := Where{Dir: dir}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if value != "" && !filepath.IsAbs(value) {
			value = filepath.Join(dir, value)
		}
		switch name {
		case "GIT_DIR":
			w.GitDir = value
		case "GIT_WORK_TREE":
			w.WorkTree = value
		case "GIT_INDEX_FILE":
			w.IndexFile = value
		}
	}
	return w
}
