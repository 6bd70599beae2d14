package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/harvest"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// harvestMode is one way of having a credential: a column of the drill's table.
type harvestMode struct {
	name string
	// does reports whether the way exists for a client. Unset: for all.
	does func(c clients.Client) bool
	// prepare makes a user who has a credential for r that way.
	prepare func(t *testing.T, r *verdaccio.Server) *harvested
	// found are the kinds of places in which the credential must be found where the script runs: all of them
	// and no others, but of some one is enough.
	found, some []string
	// usual also tries what happens where nobody allowed the script: that is the package manager's own doing,
	// whatever the credential is in.
	usual bool
	// later are the kinds for a package that looks when it is first used, in a shell of the user's.
	later []string
}

// harvested is a user whose package manager installs the bad package.
type harvested struct {
	*user
	canary string
	// file is what the user's file says where the credential is, for a client. Unset: the file stays as it is.
	file func(c clients.Client) string
	// env is what every terminal's shell is started with besides, given only what that of an install is.
	env, given []string
	// before is what the shell does first.
	before string
	// line is what is typed to install with a client. Unset: its own install.
	line func(c clients.Client) string
}

// install lets a client install the bad package, and returns what the package found. It is not ok where
// the package's script did not run.
func (h *harvested) install(t *testing.T, r *verdaccio.Server, c clients.Client, plan harvest.Plan, allowed bool) (harvest.Report, bool) {
	t.Helper()
	h.home.Link(t, c)
	if h.file != nil {
		_ = os.Remove(filepath.Join(h.home.Dir, ".yarnrc.yml"))
		h.home.Write(t, ".npmrc", "registry="+r.URL+"\n", 0o600)
		name, content := harvest.UserFile(c, r.URL, h.file(c))
		h.home.Write(t, name, content, 0o600)
	}
	dir := h.project(c, allowed)
	harvest.Project(t, c, dir, allowed)
	plan.Canaries = []string{h.canary}
	plan.Write(t, dir)
	line := c.Program() + " install"
	if h.line != nil {
		line = h.line(c)
	}
	out, err := h.shell(t, dir, line, h.given...)
	if _, gone := os.Stat(filepath.Join(dir, "node_modules", harvest.Package, "package.json")); gone != nil {
		t.Errorf("%s did not install the package: %v\n%s", c.Name, err, out)
	}
	if bytes.Contains(out, []byte(h.canary)) {
		t.Errorf("%s shows the credential", c.Name)
	}
	return harvest.Read(t, dir)
}

// shell runs a command line in a new shell of the user's.
func (h *harvested) shell(t *testing.T, dir, line string, more ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	// The shell stays, as a user's does: it is one of the ancestors.
	cmd := h.command(ctx, "bash", "-c", h.before+"\n"+line+"; exit $?")
	cmd.Dir, cmd.Env = dir, slices.Concat(h.user.env, h.env, more)
	return cmd.CombinedOutput()
}

// use runs the code of a package that was installed by the client, as a program that imports it does.
func (h *harvested) use(t *testing.T, c clients.Client, plan harvest.Plan) harvest.Report {
	t.Helper()
	dir := h.project(c, true)
	plan.Canaries = []string{h.canary}
	plan.Write(t, dir)
	if out, err := h.shell(t, dir, "node node_modules/"+harvest.Package+"/harvest.js"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, _ := harvest.Read(t, dir)
	return got
}

func (h *harvested) project(c clients.Client, allowed bool) string {
	return filepath.Join(h.home.Work(), fmt.Sprintf("%s-%v", c.Name, allowed))
}

// unmanaged is a user without Sandglass.
func unmanaged(t *testing.T, r *verdaccio.Server) *harvested {
	t.Helper()
	return &harvested{user: newUser(t, clients.NewHome(t, r.URL)), canary: r.Mint("alice", time.Hour)}
}

// literalInFile is the user that npm's own login leaves behind.
func literalInFile(t *testing.T, r *verdaccio.Server) *harvested {
	h := unmanaged(t, r)
	h.file = func(clients.Client) string { return h.canary }
	return h
}

// globalVariable has NPM_TOKEN in every shell, and the line that many guides tell to write.
func globalVariable(t *testing.T, r *verdaccio.Server) *harvested {
	h := unmanaged(t, r)
	h.file = func(clients.Client) string { return "${NPM_TOKEN}" }
	h.env = []string{"NPM_TOKEN=" + h.canary}
	return h
}

// registryVariable gives the command a variable that npm and pnpm send to one registry only.
func registryVariable(t *testing.T, r *verdaccio.Server) *harvested {
	h := unmanaged(t, r)
	h.given = []string{"npm_config_//" + r.Host() + "/:_authToken=" + h.canary}
	return h
}

// managed is a user whose npm login Sandglass keeps, in a mode, and whose shells have its hook.
func managed(t *testing.T, r *verdaccio.Server, mode injection.Mode) *harvested {
	t.Helper()
	u, _ := withKeyring(t, r)
	h := &harvested{user: u, canary: r.Mint("alice", time.Hour), before: `. "$XDG_RUNTIME_DIR/sandglass/env.sh"`}
	u.home.Write(t, ".config/sandglass/settings.toml", fmt.Sprintf("move = true\nmodes = { %q = %q }\n", r.URL, mode), 0o600)
	u.home.Write(t, ".npmrc", "registry="+r.URL+"\n//"+r.Host()+"/:_authToken="+h.canary+"\n", 0o600)
	u.agent("--no-tray")
	u.await("the session", func() bool { return u.session(r).State != api.StateNone && len(u.session(r).Variables) > 0 })
	if mode != injection.ModeFile {
		u.moved()
	}
	_, content := harvest.UserFile(clients.Client{Name: "yarn4"}, r.URL, "${"+u.session(r).Variables[0]+"-}")
	u.home.Write(t, ".yarnrc.yml", content, 0o600)
	return h
}

// inEveryShell hands the credential to every shell.
func inEveryShell(t *testing.T, r *verdaccio.Server) *harvested {
	return managed(t, r, injection.ModeEnv)
}

// inTheFile has the agent write the credential into the user's files.
func inTheFile(t *testing.T, r *verdaccio.Server) *harvested {
	return managed(t, r, injection.ModeFile)
}

// forOneCommand hands it to the command alone.
func forOneCommand(t *testing.T, r *verdaccio.Server) *harvested {
	h := managed(t, r, injection.ModeExec)
	h.line = func(c clients.Client) string { return "sandglass exec -- " + c.Program() + " install" }
	return h
}

// inTwoPhases hands it to the command that fetches, and runs the scripts after that without it.
func inTwoPhases(t *testing.T, r *verdaccio.Server) *harvested {
	h := managed(t, r, injection.ModeExec)
	h.line = func(c clients.Client) string { return "sandglass exec --two-phase -- " + c.Program() + " install" }
	return h
}

// byHelper has pnpm ask for it when a request is to be sent, as setup writes it: to auth.ini, and for pnpm 10,
// which takes a program without arguments, to .npmrc.
func byHelper(t *testing.T, r *verdaccio.Server) *harvested {
	h := managed(t, r, injection.ModeExec)
	for _, name := range []string{"pnpm12", "pnpm10"} {
		h.home.Link(t, clients.Need(t, name))
		h.sandglass("setup", "--mode", "exec", "--helper", "--yes")
	}
	key := "//" + r.Host() + "/:tokenHelper="
	for _, file := range []string{".npmrc", ".config/pnpm/auth.ini"} {
		if !strings.Contains(h.home.Read(file), key) {
			t.Fatalf("setup wrote no helper line to %s:\n%s", file, h.home.Read(file))
		}
	}
	return h
}

// npmOrPnpm are the clients that know variables for one registry.
func npmOrPnpm(c clients.Client) bool {
	return slices.Contains([]string{"npm10", "npm11", "npm12", "pnpm11", "pnpm12"}, c.Name)
}

// inPhases are the clients whose installs can be taken apart.
func inPhases(c clients.Client) bool { return c.Name != "bun" && c.Name != "deno" }

// pnpmOnly is the client that asks a helper.
func pnpmOnly(c clients.Client) bool { return c.Program() == "pnpm" }

var harvestModes = []harvestMode{
	{name: "L01 literal in the file", usual: true, prepare: literalInFile, found: []string{"file"}, later: []string{"file"}},
	{name: "L02 NPM_TOKEN in the shell", prepare: globalVariable, found: []string{"ancestor environ", "env"}, later: []string{"ancestor environ", "env"}},
	{name: "L03 variable for one registry", does: npmOrPnpm, prepare: registryVariable, found: []string{"ancestor environ"}},
	{name: "L04 env", prepare: inEveryShell, found: []string{"ancestor environ", "env", "file"}, later: []string{"env", "file"}},
	{name: "L05 file", prepare: inTheFile, found: []string{"file"}, later: []string{"file"}},
	{name: "L06 exec", prepare: forOneCommand, some: []string{"ancestor environ", "ancestor fd", "env"}},
	{name: "L07 exec in two phases", does: inPhases, prepare: inTwoPhases},
	{name: "L08 pnpm asks the helper", does: pnpmOnly, prepare: byHelper},
}

// harvestTable collects the drill's figures.
type harvestTable struct {
	sync.Mutex
	fields map[[2]string]string // by row and column
}

// TestL01_Harvest is the drill: a dependency whose install script looks for the credential, with every
// package manager in every way of having one. It proves of each way where the credential lies open to such
// a script, and where it does not.
func TestL01_Harvest(t *testing.T) {
	table := &harvestTable{fields: map[[2]string]string{}}
	t.Run("modes", func(t *testing.T) {
		for _, m := range harvestModes {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				r := verdaccio.Start(t, verdaccio.Options{Opaque: true})
				h := m.prepare(t, r)
				var last clients.Client
				for _, name := range harvest.Managers() {
					if c := clients.Need(t, name); m.does == nil || m.does(c) {
						last = c
						t.Run(name, func(t *testing.T) { m.drill(t, r, h, c, table) })
					}
				}
				t.Run("later", func(t *testing.T) {
					got := h.use(t, last, harvest.Plan{})
					m.hold(t, got, m.later, nil)
					table.set(laterRow, m.name, len(got.Found))
				})
			})
		}
	})
	text := table.markdown()
	t.Logf("\n%s", text)
	document(t, "harvest.md", text)
}

// drill is one field of the table.
func (m harvestMode) drill(t *testing.T, r *verdaccio.Server, h *harvested, c clients.Client, table *harvestTable) {
	got, ran := h.install(t, r, c, harvest.Plan{}, true)
	if !ran {
		t.Fatal("the script did not run where it is allowed")
	}
	m.hold(t, got, m.found, m.some)
	table.set(c.Name, m.name, len(got.Found))
	if !m.usual {
		return
	}
	usual := "yes" // allowing it changed nothing
	if !harvest.Runs(c) {
		usual = "no"
		if _, ran := h.install(t, r, c, harvest.Plan{}, false); ran {
			t.Error("the script ran though nobody allowed it")
		}
	}
	table.set(c.Name, usualColumn, usual)
}

// hold wants a report to tell of places of some kinds: of all and no others, or of one of some at least.
func (m harvestMode) hold(t *testing.T, got harvest.Report, all, some []string) {
	t.Helper()
	if got.Looked.Env < 20 || got.Looked.Files < 5 || got.Looked.Processes < 1 {
		t.Errorf("the script hardly looked: %+v", got.Looked)
	}
	var kinds []string
	for _, p := range got.Found {
		// Processes that the ancestors started have what they were given.
		kinds = append(kinds, strings.Replace(p.Kind, "process ", "ancestor ", 1))
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	strange := slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(some, k) })
	if some == nil && !slices.Equal(kinds, all) || some != nil && (strange || len(kinds) == 0) {
		t.Errorf("found in %v, want places of the kinds %v %v", got.Found, all, some)
	}
	t.Log(got.Found)
}

// The row of a package that looks when it is first used, and the column that tells whether an install
// script runs that nobody allowed.
const (
	laterRow    = "at first use, any"
	usualColumn = "L00 runs by itself"
)

// set writes a field of the table.
func (h *harvestTable) set(row, column string, field any) {
	h.Lock()
	defer h.Unlock()
	h.fields[[2]string{row, column}] = fmt.Sprint(field)
}

// markdown is the table: in how many places the script found the credential, where it is allowed to run.
func (h *harvestTable) markdown() string {
	columns := []string{usualColumn}
	for _, m := range harvestModes {
		columns = append(columns, m.name)
	}
	var b strings.Builder
	b.WriteString("Places in which an install script found the credential\n\n|")
	for _, c := range columns {
		_, title, _ := strings.Cut(c, " ")
		b.WriteString(" | " + title)
	}
	b.WriteString(" |\n|---" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, row := range append(harvest.Managers(), laterRow) {
		b.WriteString("| " + row)
		for _, c := range columns {
			field := h.fields[[2]string{row, c}]
			if field == "" {
				field = "–"
			}
			b.WriteString(" | " + field)
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// TestL09_AsksSandglass: a package that calls Sandglass itself gets what the user's own shell gets, and
// each time leaves a record that names the program that asked.
func TestL09_AsksSandglass(t *testing.T) {
	r := verdaccio.Start(t, verdaccio.Options{Opaque: true})
	h := inEveryShell(t, r)
	npm := clients.Need(t, "npm11")
	h.install(t, r, npm, harvest.Plan{}, true)
	before := len(h.status().Uses)
	got := h.use(t, npm, harvest.Plan{Ask: true, Registry: r.URL})
	answered := 0
	for _, a := range got.Asked {
		if a.Got {
			answered++
		}
	}
	t.Logf("asked: %+v", got.Asked)
	uses := h.status().Uses
	if answered < 2 || len(uses)-before != answered {
		t.Errorf("%d calls were answered and %d recorded: %+v %+v", answered, len(uses)-before, got.Asked, uses)
	}
	for _, u := range uses[:len(uses)-before] {
		if u.Executable == "" || u.PID == 0 {
			t.Errorf("the record does not tell who asked: %+v", u)
		}
	}
}

// TestL10_Locked: after lock there is nothing to find and nothing to be had by asking.
func TestL10_Locked(t *testing.T) {
	r := verdaccio.Start(t, verdaccio.Options{Opaque: true})
	h := inEveryShell(t, r)
	npm := clients.Need(t, "npm11")
	h.install(t, r, npm, harvest.Plan{}, true)
	h.sandglass("lock")
	got := h.use(t, npm, harvest.Plan{Ask: true, Registry: r.URL})
	if len(got.Found) != 0 || len(got.Asked) == 0 {
		t.Errorf("found %v, asked %+v", got.Found, got.Asked)
	}
	for _, a := range got.Asked {
		if a.Got || a.Command != "env" && a.Status == 0 {
			t.Errorf("an answer: %+v", a)
		}
	}
}
