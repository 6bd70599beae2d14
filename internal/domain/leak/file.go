package leak

import (
	"path"
	"slices"
	"strings"
)

// file is what a path says of a file.
type file struct {
	form  Form
	prose bool // documentation, where signed tokens are examples
}

// shellNames are the start files and histories of shells, and of what keeps a history as shells do.
var shellNames = []string{".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".bash_history", ".zshrc", ".zshenv",
	".zprofile", ".zlogin", ".zsh_history", ".zhistory", ".histfile", ".history", ".sh_history", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc", ".login", "config.fish",
	"fish_history", "fish_variables", "rc.elv", "config.nu", "env.nu", ".xonshrc", "profile.ps1", "consolehost_history.txt", "history", ".xprofile", ".xsessionrc", ".pam_environment", "environment"}

var shellEnds = []string{".sh", ".bash", ".zsh", ".fish", ".ksh", ".ps1", ".psm1", ".cmd", ".bat", ".nu", ".elv", ".xsh", "_history"}

var ciNames = []string{".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", "appveyor.yml", ".appveyor.yml", "bitbucket-pipelines.yml", "jenkinsfile", "dockerfile",
	"containerfile", ".drone.yml", "buildspec.yml", "cloudbuild.yaml", "cloudbuild.yml", ".woodpecker.yml", "codemagic.yaml", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"}

var ciFolders = []string{".github/workflows/", ".github/actions/", ".gitlab/", ".circleci/", ".buildkite/", ".azure-pipelines/", ".woodpecker/", ".forgejo/workflows/", ".gitea/workflows/"}

// fileOf reads a path, with slashes or backslashes.
func fileOf(name string) file {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	base := path.Base(name)
	f := file{form: FormBare, prose: slices.Contains([]string{".md", ".mdx", ".rst", ".txt", ".adoc", ".html", ".htm"}, path.Ext(base))}
	switch {
	case base == ".npmrc" || base == "npmrc" || strings.HasPrefix(base, ".npmrc.") || strings.HasSuffix(base, ".npmrc") || base == "auth.ini" || base == ".yarnrc":
		f.form = FormNPMRC
	case strings.HasPrefix(base, ".yarnrc.y"):
		f.form = FormYarn
	case strings.HasPrefix(base, "bunfig.toml") || strings.HasPrefix(base, ".bunfig.toml"):
		f.form = FormBun
	case strings.HasPrefix(base, ".upmconfig.toml") || strings.HasPrefix(base, "upmconfig.toml"):
		f.form = FormUPM
	case isCI(name, base):
		f.form = FormCI
	case base == ".env" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env") || base == ".envrc" || base == ".flaskenv" || base == ".dev.vars":
		f.form = FormEnv
	case strings.Contains(name, "environment.d/") && strings.HasSuffix(base, ".conf"):
		f.form = FormEnv
	case strings.HasSuffix(name, "nushell/history.txt"):
		f.form, f.prose = FormShell, false
	case slices.Contains(shellNames, base) || slices.ContainsFunc(shellEnds, func(e string) bool { return strings.HasSuffix(base, e) }):
		f.form, f.prose = FormShell, false
	}
	return f
}

func isCI(name, base string) bool {
	if slices.Contains(ciNames, base) || strings.HasPrefix(base, "azure-pipelines") || strings.HasPrefix(base, "jenkinsfile.") ||
		strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".gitlab-ci.yml") {
		return true
	}
	return slices.ContainsFunc(ciFolders, func(f string) bool { return strings.HasPrefix(name, f) || strings.Contains(name, "/"+f) })
}
