package injection

// Mode is how a registry's credential reaches the tools of a user, least exposure first.
type Mode string

// The modes.
const (
	// ModeExec keeps the credential in no file and in no shell: a command gets it by exec, pnpm by its helper.
	ModeExec Mode = "exec"
	// ModeEnv gives it to every shell that has the hook, in a variable with an unguessable name.
	ModeEnv Mode = "env"
	// ModeFile writes the credential itself into the user's config files for the life of the session, for
	// editors and servers that never see a shell's environment.
	ModeFile Mode = "file"
)

// Modes lists all modes, least exposure first.
var Modes = []Mode{ModeExec, ModeEnv, ModeFile}

// Manager is a package manager that a user has.
type Manager struct {
	Name    string `json:"name"`              // npm, pnpm, yarn, bun or deno
	Version string `json:"version,omitempty"` // as it tells itself, "" if that is not known
	Path    string `json:"path,omitempty"`    // the program, links not followed
}

// Major is the number before the first dot of the version, 0 if that is not known.
func (m Manager) Major() int {
	n := 0
	for i := range len(m.Version) {
		c := m.Version[i]
		switch {
		case '0' <= c && c <= '9' && n < 10000:
			n = n*10 + int(c-'0')
		case c == '.' && i > 0:
			return n
		default:
			return 0
		}
	}
	return n
}
