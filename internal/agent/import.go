package agent

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// imported is a credential that was found, with what has to be known to keep it.
type imported struct {
	item    api.ImportItem
	secret  token.Secret // zero where no place gives it away
	key     string       // of its registry, as the first line that tells one spells it
	bearer  bool         // it goes into an Authorization header as it is
	names   []lineName   // of the variables that its lines define
	inShell string       // the variable of the shell that asks
	counts  bool         // somebody reads it: it is not commented out everywhere
	since   time.Time    // since when the file says what it says
}

// lineName is the name that a line gives a credential.
type lineName struct {
	name  string
	own   bool // the user's own file says so
	place int  // which of the item's
}

// foreign reports whether its variable is named in a project's file alone.
func (f *imported) foreign() bool { return f.item.Variable == "" && len(f.names) > 0 }

// importing is one search.
type importing struct {
	a     *Agent
	req   api.ImportRequest
	facts importFacts
	found map[string]*imported
	order []string
	out   api.ImportReport
}

// importFacts are what the state says of credentials that are found, as of one moment.
type importFacts struct {
	names     map[string][]registry.URL // for which registries the user's own files name a variable
	published map[string]string         // the fingerprints that the env files carry, by variable
	past      []string                  // fingerprints of sessions that were
	inFiles   []string                  // fingerprints of those that stand in files because the user chose so
}

// knownNames are the variables that package managers and their documentation made known.
var knownNames = []string{"NPM_TOKEN", "NODE_AUTH_TOKEN", "YARN_NPM_AUTH_TOKEN"}

// Import implements api.Agent.
func (a *Agent) Import(ctx context.Context, req api.ImportRequest) (api.ImportReport, error) {
	if req.Dir != "" && !filepath.IsAbs(req.Dir) {
		return api.ImportReport{}, &api.Error{Code: api.CodeUsage, Cause: "the folder is no absolute path"}
	}
	if err := checkMode(api.SetupRequest{Registry: req.Registry}); err != nil {
		return api.ImportReport{}, err
	}
	if len(req.Take) > 0 {
		leave, err := a.inTurn(ctx)
		if err != nil {
			return api.ImportReport{}, err
		}
		defer leave()
	}
	facts, err := ask(ctx, a, func() (importFacts, error) { return a.core.importFacts(), nil })
	if err != nil {
		return api.ImportReport{}, err
	}
	im := &importing{a: a, req: req, facts: facts, found: map[string]*imported{}}
	for _, s := range a.importSources(req.Dir) {
		im.file(s)
	}
	for _, v := range req.Variables {
		im.variable(v)
	}
	for _, f := range im.found {
		im.choose(f)
	}
	for _, id := range req.Take {
		if im.found[id] == nil {
			return api.ImportReport{}, &api.Error{Code: api.CodeStale}
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(req.Take))) {
		if err := im.take(ctx, im.found[id]); err != nil {
			return api.ImportReport{}, err
		}
	}
	return ask(ctx, a, func() (api.ImportReport, error) {
		im.out.Items = []api.ImportItem{}
		for _, id := range im.order {
			a.core.describe(im.found[id], req.Registry)
			im.out.Items = append(im.out.Items, im.found[id].item)
		}
		return im.out, nil
	})
}

func (c *core) importFacts() importFacts {
	f := importFacts{names: map[string][]registry.URL{}, published: map[string]string{}}
	for _, file := range c.files {
		for _, cred := range file.creds {
			if !file.editable() || cred.Dead || cred.Variable == "" {
				continue
			}
			if u, err := c.urlOf(cred.RegistryKey); err == nil && !slices.Contains(f.names[cred.Variable], u) {
				f.names[cred.Variable] = append(f.names[cred.Variable], u)
			}
		}
	}
	for _, v := range c.published {
		f.published[v.Name] = v.Value.Fingerprint()
	}
	for _, e := range c.sessions {
		f.past = append(f.past, e.Past...)
		if c.mode(e) == injection.ModeFile && e.Fingerprint != "" {
			f.inFiles = append(f.inFiles, e.Fingerprint)
		}
	}
	return f
}

// file looks at one file.
func (im *importing) file(s importSource) {
	text, err := readOrNil(im.a.ports.Files, s.path)
	if err != nil {
		im.out.Unread = append(im.out.Unread, nameable(s.path))
		return
	}
	since, _ := im.a.ports.Files.Modified(s.path) // zero where nobody knows
	for _, l := range leak.Scan(grammar(s.path), text) {
		f := im.of(l.Fingerprint, l.Kind)
		f.item.Masked = l.Masked
		if since.After(f.since) {
			f.since = since
		}
		left := im.line(f, s, text, l)
		if left == "" && slices.Contains(im.facts.inFiles, l.Fingerprint) && isWatched(im.a.opts.Files, s.path) {
			left = leftMode
		}
		f.item.Places = append(f.item.Places, api.LeakPlace{File: nameable(s.path), Line: l.Line, Form: string(l.Form), Left: left})
		fix := api.Fix{Code: api.FixMove, File: s.path, Line: l.Line}
		if left == "" && nameable(s.path) == s.path && !slices.Contains(f.item.Fixes, fix) {
			f.item.Fixes = append(f.item.Fixes, fix)
		}
	}
}

// line notes what one line tells of its credential, and says why that cannot be taken out of it, "" if it can.
func (im *importing) line(f *imported, s importSource, text []byte, l leak.Leak) (left string) {
	if f.key == "" {
		f.key = l.Registry
	}
	f.bearer = f.bearer || isBearer(l)
	path, name := grammar(s.path), variableOf(l)
	_, hole, secret, err := leak.Take(path, text, l.Fingerprint, l.Line)
	if err != nil {
		f.counts = true
		f.named(name, s.own)
		return whyLeft(err)
	}
	if f.secret.IsZero() {
		f.secret = secret
	}
	if hole.Key == "" { // it is commented out
		return ""
	}
	f.counts = true
	_, _, name = leak.Setting(path, text, l.Fingerprint, l.Line)
	f.named(name, s.own)
	return ""
}

// whyLeft is the code of an error of leak.Take.
func whyLeft(err error) string {
	var left *leak.LeftError
	if errors.As(err, &left) {
		return left.Code
	}
	return leftGone
}

// Why a credential stays in its line, beside what package leak says.
const (
	leftGone = "gone"        // nobody finds it there
	leftName = "second-name" // it has another name elsewhere, and the env files would carry only one of them
	leftMode = "file-mode"   // it stands there because the user chose so
)

// named notes the name that the next place gives a credential.
func (f *imported) named(name string, own bool) {
	if injection.ValidName(name) {
		f.names = append(f.names, lineName{name, own, len(f.item.Places)})
	}
}

// choose settles under which name a credential is carried: the one that a config file of the user's asks for, else the
// first in a file of the user's own. A line with another one has to stay.
func (im *importing) choose(f *imported) {
	for _, asked := range []bool{true, false} {
		for _, n := range f.names {
			if f.item.Variable == "" && (asked && len(im.facts.names[n.name]) > 0 || !asked && n.own) {
				f.item.Variable = n.name
			}
		}
	}
	if f.item.Variable == "" && f.inShell != "" {
		f.item.Variable = f.inShell
	}
	for _, n := range f.names {
		if n.place >= len(f.item.Places) {
			continue
		}
		if p := &f.item.Places[n.place]; n.own && n.name != f.item.Variable && p.Left == "" {
			p.Left = leftName
			f.item.Fixes = slices.DeleteFunc(f.item.Fixes, func(x api.Fix) bool { return x.File == p.File && x.Line == p.Line })
		}
	}
}

// variableOf is the variable that a line defines, "" for none. By custom they are in capital letters, other than settings
// and headers.
func variableOf(l leak.Leak) string {
	if l.Form != leak.FormEnv && l.Form != leak.FormShell || strings.ToUpper(l.Key) != l.Key || !injection.ValidName(l.Key) {
		return ""
	}
	return l.Key
}

// isBearer reports whether a credential is sent as it stands there.
func isBearer(l leak.Leak) bool {
	if l.Form == leak.FormBasic || l.Kind == token.KindBasic {
		return false
	}
	for _, name := range []string{"_auth", "_password", "password", "npmAuthIdent"} {
		if l.Key == name || strings.HasSuffix(l.Key, ":"+name) || strings.HasSuffix(l.Key, "."+name) {
			return false
		}
	}
	return true
}

// of is what is known of a credential, made if need be.
func (im *importing) of(print string, kind token.Kind) *imported {
	f := im.found[print]
	if f == nil {
		f = &imported{item: api.ImportItem{ID: print, Kind: kind, Places: []api.LeakPlace{}, Fixes: []api.Fix{}}}
		im.found[print] = f
		im.order = append(im.order, print)
	}
	return f
}

// variable looks at one variable of the shell that asks. What the env files gave it, now or earlier, is no find.
func (im *importing) variable(v api.ImportVariable) {
	print := v.Secret.Fingerprint()
	if !injection.ValidName(v.Name) || v.Secret.Check() != nil || im.facts.published[v.Name] == print || slices.Contains(im.facts.past, print) {
		return
	}
	kind := token.Classify(v.Secret, token.Found)
	told := leak.Scan(".env", []byte(v.Name+"="+v.Secret.Reveal()+"\n"))
	switch {
	case len(told) == 1 && told[0].Fingerprint == print:
		kind = told[0].Kind
	case len(v.Secret.Reveal()) < shortestNamed || len(im.facts.names[v.Name]) == 0 && !slices.Contains(knownNames, v.Name):
		return
	}
	f := im.of(print, kind)
	f.secret, f.item.InShell, f.counts = v.Secret, true, true
	f.bearer = f.bearer || kind != token.KindBasic
	if f.inShell == "" || len(im.facts.names[v.Name]) > 0 {
		f.inShell = v.Name
	}
}

// shortestNamed is how long a variable's value is at least that is taken for a credential by its name alone.
const shortestNamed = 8

// describe says of a find what the state knows.
func (c *core) describe(f *imported, wish string) {
	u := c.registryOf(f, wish)
	if f.item.Registry = ""; !u.IsZero() {
		f.item.Registry = u.String()
	}
	if !f.secret.IsZero() {
		f.item.Masked = access.Masked(f.secret)
	}
	if len(f.names) > 0 {
		c.unretire(f.item.Variable)
	}
	e := c.sessions[u]
	f.item.Session = e != nil && e.Fingerprint == f.item.ID
	if k := c.keptBy(f.item.ID); k != nil && !k.Coming {
		f.item.Kept = k.ID
	}
	if !f.secret.IsZero() {
		_, _, f.item.Note = c.carrier(f, u)
	}
}

// registryOf is what a find is for: as its line says, or the one registry for which the user's own files name its
// variable, or what the user says.
func (c *core) registryOf(f *imported, wish string) registry.URL {
	if u, err := c.urlOf(f.key); f.key != "" && err == nil {
		return u
	}
	if all := c.importFacts().names[f.item.Variable]; len(all) == 1 {
		return all[0]
	}
	for _, u := range slices.SortedFunc(maps.Keys(c.sessions), func(x, y registry.URL) int { return strings.Compare(x.String(), y.String()) }) {
		if c.sessions[u].Fingerprint == f.item.ID {
			return u
		}
	}
	if k := c.keptBy(f.item.ID); k != nil && !k.Registry.IsZero() {
		return k.Registry
	}
	u, err := registry.Parse(wish)
	if err != nil {
		return registry.URL{}
	}
	return u
}
