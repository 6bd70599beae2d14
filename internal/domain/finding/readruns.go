package finding

import (
	"strings"
	"time"
)

// The bounds of what is kept of one run and of one error.
const (
	maxLines = 120 // of an error
	maxSize  = 16 << 10
	maxNotes = 40  // of a run
	maxErrs  = 200 // of a run
)

// run is what one start of a package manager printed, as far as it tells: who it was, what it was to do, and the
// errors in the order in which they came.
type run struct {
	client, version, command string
	pkg, spec                string   // that it is about
	registry                 string   // that it says it publishes to
	notes                    []string // warnings that may be the cause of an error
	blocks                   []block
	at                       time.Time
	over                     bool // it said its last word
	asked                    bool // the client is known by the prompt alone
}

// block is one error of a package manager.
type block struct {
	client, code string
	lines        []string
	size         int
	at           time.Time
	prelude      bool // only what a debug log says before the error itself
	over         bool
	faint        bool // a shape that other programs' errors have too
	told         bool // by a reporter: the console may say it again
	// What a reporter tells apart.
	url, pkg, spec string
	sent           Known
}

// reader sorts lines into runs and errors.
type reader struct {
	runs    []run
	version bool // the next line is yarn's version
}

func runsOf(lines []line) []run {
	r := &reader{runs: []run{{}}}
	for i := range lines {
		if lines[i].text == "" || trace.in(lines[i].text) {
			continue
		}
		r.take(lines[i])
	}
	return r.runs
}

// trace is a line of a stack trace.
var trace = lazy(`^(?:\d+ (?:verbose|error) (?:stack )?|.{0,20}\bnpm (?:ERR!|error) )?\s+at (?:async |new )?\S.*[:)]\d*\)?(?: \{)?$`)

func (r *reader) take(l line) {
	if r.json(l) || r.npm(l) || r.header(l.text) || r.yarn(l) || r.others(l) || r.pnpm(l) {
		return
	}
	if b := r.block(); b != nil && !b.over && b.client != "npm" {
		b.add(l.text)
	}
}

func (r *reader) run() *run { return &r.runs[len(r.runs)-1] }

// block is the error that is being told, or nil.
func (r *reader) block() *block {
	u := r.run()
	if len(u.blocks) == 0 {
		return nil
	}
	return &u.blocks[len(u.blocks)-1]
}

// fresh begins a new run if the present one has an error already.
func (r *reader) fresh() *run {
	if u := r.run(); len(u.blocks) > 0 {
		r.runs = append(r.runs, run{})
	}
	return r.run()
}

// begin begins an error.
func (r *reader) begin(client, code string, l line) *block {
	u := r.run()
	if r.another(client, code) {
		r.runs = append(r.runs, run{})
		u = r.run()
	}
	if len(u.blocks) >= maxErrs {
		u.blocks = append(u.blocks[:0], u.blocks[maxErrs/2:]...)
	}
	u.blocks = append(u.blocks, block{client: client, code: code, at: l.at})
	return r.block()
}

// another reports whether such an error must be of another run than what was read last: one start of npm or pnpm ends
// with one error. A run that is known by its prompt alone may hand its work to another package manager.
func (r *reader) another(client, code string) bool {
	u, b := r.run(), r.block()
	switch {
	case b == nil:
		return u.client != "" && u.client != client && !u.asked
	case u.over, b.client != client:
		return true
	case client == "npm":
		return b.code != "" && code != b.code
	}
	return client == "pnpm" && b.code != ""
}

// add takes a line of the error. Of a very long one the middle is left out.
func (b *block) add(text string) {
	if len(text) > 4<<10 {
		text = strings.ToValidUTF8(text[:4<<10], "")
	}
	if b.prelude && (len(b.lines) == maxLines || b.size > maxSize) {
		b.lines, b.size = append(b.lines[:0], b.lines[len(b.lines)/2:]...), 0
	}
	if b.size += len(text); len(b.lines) < maxLines && b.size <= maxSize {
		b.lines = append(b.lines, text)
	}
}

// note keeps a warning of the run.
func (u *run) note(text string) {
	if len(u.notes) < maxNotes && len(text) < 4<<10 {
		u.notes = append(u.notes, text)
	}
}

var (
	prompt  = lazy(`(?:^|[$%#❯»>] )\s*(?:sudo |npx |corepack )?(npm|pnpm|yarn|bun|npx|bunx)(?:\.cmd)? (.*)$`)
	yarnTop = lazy(`^yarn (\w[\w-]*) v(\d+\.\d+\.\d+\S*)`)
	bunTop  = lazy(`^bun (\w[\w-]*) v(\d+\.\d+\.\d+\S*)`)
	berry   = lazy(`(?:· Yarn|Yarn Package Manager -) (\d+\.\d+\.\d+\S*)`)
	target  = lazy(`^📦\s*(\S+)@(\S+)(?: → (https?://\S+))?`)
	toward  = lazy(`(?i)^publishing to (https?://\S+)`)
	usingIt = lazy(`using (pnpm|yarn) v(\d+\.\d+\.\d+\S*)`)
	traced  = lazy(`^Trace:\s*$`)
)

// header takes what says who runs, and what for.
func (r *reader) header(text string) bool {
	switch {
	case r.version:
		r.version, r.run().version = false, strings.TrimSpace(text)
		return true
	case strings.HasPrefix(text, "Yarn version:"):
		u := r.fresh()
		u.client, r.version = "yarn", true
		return true
	}
	if m := yarnTop.find(text); m != nil {
		r.start("yarn", m[2], m[1])
		return true
	}
	if m := bunTop.find(text); m != nil {
		r.start("bun", m[2], m[1])
		return true
	}
	if m := berry.find(text); m != nil {
		if !strings.HasPrefix(text, "Yarn Package") {
			r.fresh()
		}
		r.run().client, r.run().version = "yarn", m[1]
		return true
	}
	if m := usingIt.find(text); m != nil {
		r.run().version = m[2]
		return false
	}
	return r.publishes(text) || r.prompt(text)
}

func (r *reader) start(client, version, command string) {
	u := r.fresh()
	u.client, u.version, u.command = client, version, commandOf(command)
}

// publishes takes what is said before something is published.
func (r *reader) publishes(text string) bool {
	text = strings.TrimSpace(text)
	if m := target.find(text); m != nil {
		u := r.fresh()
		if goodName(m[1]) {
			u.pkg, u.spec = m[1], m[2]
		}
		if u.command == "" {
			u.command = "publish"
		}
		if u.registry = m[3]; m[3] != "" {
			u.client = "pnpm"
		}
		return true
	}
	if m := toward.find(text); m != nil {
		u := r.fresh()
		u.registry, u.command = m[1], "publish"
		return true
	}
	if b := r.block(); b == nil && strings.HasPrefix(text, "Registry: http") {
		r.run().registry = strings.TrimPrefix(text, "Registry: ")
		return true
	}
	return false
}

// prompt takes a command as a shell or a script shows it.
func (r *reader) prompt(text string) bool {
	if len(text) > 400 {
		return false
	}
	m := prompt.find(text)
	if m == nil {
		return false
	}
	words := strings.Fields(m[2])
	command := ""
	for i, w := range words {
		if !strings.HasPrefix(w, "-") && (w != "npm" || m[1] != "yarn") {
			command, words = commandOf(w), words[i+1:]
			break
		}
	}
	if !commands[command] {
		return false
	}
	u := r.fresh()
	u.client, u.command, u.asked = strings.TrimSuffix(strings.Replace(m[1], "npx", "npm", 1), "x"), command, true
	var named []string
	for _, w := range words {
		if !strings.HasPrefix(w, "-") {
			named = append(named, w)
		}
	}
	if name, spec := cutSpec(strings.Join(named, " ")); len(named) == len(words) && len(named) == 1 && goodName(name) {
		u.pkg, u.spec = name, spec
	}
	return true
}

// commands are those that ask a registry for something.
var commands = map[string]bool{
	"install": true, "publish": true, "whoami": true, "view": true, "update": true, "ci": true, "login": true, "adduser": true,
	"logout": true, "token": true, "stage": true, "trust": true, "access": true, "owner": true, "org": true, "team": true,
	"dist-tag": true, "deprecate": true, "unpublish": true, "outdated": true, "audit": true, "dlx": true, "exec": true,
	"create": true, "search": true, "profile": true, "ping": true, "pack": true, "star": true, "stars": true, "fetch": true,
}

// commandOf gives a command the name that all package managers have for it.
func commandOf(word string) string {
	switch word = strings.ToLower(strings.Trim(word, "\"'`,;:")); word {
	case "i", "add", "in", "ins", "isntall", "import":
		return "install"
	case "v", "info", "show":
		return "view"
	case "up", "upgrade":
		return "update"
	case "clean-install", "ic":
		return "ci"
	case "tag":
		return "dist-tag"
	}
	return word
}
