package access

import (
	"cmp"
	"regexp"
	"strings"
)

// ciVariable is what an access token is called at a CI service where nobody said another name.
const ciVariable = "NPM_TOKEN"

var (
	secretName = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[A-Z][A-Z0-9]{3,}\b`)
	repository = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)+`)
)

// EmitCommands store the secret of what the keyring keeps under a name at CI services. It goes from program to program,
// and through no argument. Where the user's note says at which service and under what name, there is one command, else
// one for each service, with places to fill in. variable is the environment variable that carries it, if one does.
func EmitCommands(kept, variable, where string) []string {
	if kept == "" {
		return []string{}
	}
	if told := NotedCommands(kept, where); len(told) > 0 {
		return told
	}
	name := cmp.Or(variable, ciVariable)
	return []string{emitTo(kept, gitHub(name), "OWNER/REPO"), emitTo(kept, gitLab(name), "OWNER/REPO")}
}

// NotedCommands are those of EmitCommands for the service that a note names, none where it names none.
func NotedCommands(kept, where string) []string {
	name, words := secretName.FindString(where), strings.ToLower(where)
	switch {
	case kept == "" || name == "":
		return nil
	case strings.Contains(words, "github"):
		return []string{emitTo(kept, gitHub(name), repository.FindString(where))}
	case strings.Contains(words, "gitlab"):
		return []string{emitTo(kept, gitLab(name), repository.FindString(where))}
	}
	return nil
}

func gitHub(name string) string { return "gh secret set " + shellWord(name) }

// gitLab masks it, since a variable that is not shows in the logs of jobs.
func gitLab(name string) string { return "glab variable set " + shellWord(name) + " --masked" }

// emitTo is one command. Without a repository it means that of the folder that it is run in.
func emitTo(kept, set, repo string) string {
	command := "sandglass tokens emit " + shellWord(kept) + " | " + set
	if repo != "" {
		command += " --repo " + shellWord(repo)
	}
	return command
}

// shellWord writes a word so that a shell takes it as it is.
func shellWord(word string) string {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_@%+=:,./-", r)
	}
	if word != "" && !strings.ContainsFunc(word, special) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
