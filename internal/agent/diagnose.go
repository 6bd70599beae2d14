package agent

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Diagnose implements api.Agent. It asks the registry that the failure is about, and no other: a package's name is
// told to nobody who was not asked for it before.
func (a *Agent) Diagnose(ctx context.Context, req api.DiagnoseRequest) (api.Diagnosis, error) {
	return a.diagnose(ctx, req, false)
}

func (a *Agent) diagnose(ctx context.Context, req api.DiagnoseRequest, knownOnly bool) (api.Diagnosis, error) {
	q, err := a.inquire(ctx, req)
	if err != nil {
		return api.Diagnosis{}, err
	}
	if knownOnly && !slices.Contains(q.known, q.reg) {
		return api.Diagnosis{}, &api.Error{Code: api.CodeUnknown, Args: map[string]string{"Registry": q.reg.Name()}}
	}
	q.askRegistry(ctx)
	if ctx.Err() != nil {
		return api.Diagnosis{}, &api.Error{Code: api.CodeCancelled}
	}
	v := finding.Judge(q.ev)
	out := api.Diagnosis{Verdict: v, Evidence: q.ev, Name: q.reg.Name(), Log: q.log}
	if i := slices.IndexFunc(q.findings, func(f api.Finding) bool {
		return f.Action != nil && v.File != "" && f.File == v.File && f.Line == v.Line
	}); i >= 0 {
		out.Finding = &q.findings[i]
	}
	return out, nil
}

// inquiry is what is found out for one verdict.
type inquiry struct {
	a        *Agent
	ev       finding.Evidence
	reg      registry.URL
	secret   token.Secret // that the package manager would send, zero where that is not known
	kept     keptSession  // for reg
	known    []registry.URL
	scopes   []effective.Scope // that a line names
	asked    []effective.Scope // and the one that it is about
	files    []effective.File
	findings []api.Finding
	log      string
}

// keptSession is the session that is kept for a registry, as of one moment, for use beside the loop.
type keptSession struct {
	entry *entry // a copy
	alive bool
}

func (c *core) keptSessions() map[registry.URL]keptSession {
	now, all := c.now(), map[registry.URL]keptSession{}
	for u, e := range c.sessions {
		if e.Fingerprint != "" {
			one := *e
			all[u] = keptSession{&one, e.alive(now)}
		}
	}
	return all
}

// inquire gathers what files and sessions tell.
func (a *Agent) inquire(ctx context.Context, req api.DiagnoseRequest) (*inquiry, error) {
	q := &inquiry{a: a}
	if err := q.take(ctx, req); err != nil {
		return nil, err
	}
	dir := filepath.Clean(cmp.Or(req.Dir, a.opts.Home))
	if !filepath.IsAbs(dir) {
		return nil, &api.Error{Code: api.CodeUsage, Cause: "the folder must be an absolute path"}
	}
	type state struct {
		known knowledge
		kept  map[registry.URL]keptSession
		found []api.Finding
		other []project
	}
	s, err := ask(ctx, a, func() (state, error) {
		c := a.core
		q.ev.Now = c.now()
		return state{c.knowledge(), c.keptSessions(), c.findings(), slices.Clone(c.projects)}, nil
	})
	if err != nil {
		return nil, err
	}
	if req.Defined != nil {
		s.known.defined = map[string]bool{}
		for _, name := range req.Defined {
			s.known.defined[name] = true
		}
	}
	user := a.userWorld(s.known)
	near := a.around(dir)
	w, _, own := a.worldAt(dir, near, user)
	w.Managers = []injection.Manager{manager(q.ev.Failure, s.known.managers)}
	q.survey(w)
	q.findings = append(a.projectFindings(near, s.known, own, slices.Concat(user.sources, own)), s.found...)
	for _, p := range lint.Check(s.known.lintFacts(user.sources)) {
		q.findings = append(q.findings, problemFinding(p))
	}
	w.Files = user.files
	q.place(req.Registry, effective.Of(w), s.other)
	q.kept, q.known = s.kept[q.reg], s.known.registries
	q.credential(s.known.defined)
	return q, nil
}

// survey finds out where packages come from in the folder: those of the scopes that a line names, and those of the
// scope that it is about.
func (q *inquiry) survey(w effective.World) {
	q.scopes, q.files = effective.Of(w), w.Files
	if q.ev.Scope != "" {
		w.Scopes = []string{q.ev.Scope}
	}
	q.asked = effective.Of(w)
}

// take reads what failed, or what is asked about.
func (q *inquiry) take(ctx context.Context, req api.DiagnoseRequest) error {
	if req.Failure != nil {
		q.ev.Failure = *req.Failure
	}
	if req.Latest {
		if q.a.ports.Logs == nil {
			return &api.Error{Code: api.CodeNoLog}
		}
		path, text, err := q.a.ports.Logs.Newest(ctx)
		if err != nil {
			if errors.Is(err, ErrNotFound) {
				return &api.Error{Code: api.CodeNoLog}
			}
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
		}
		q.log = path
		q.ev.Failure, _ = finding.Read(text) // no failure in it is an answer, too
	}
	if req.Package != "" {
		f := &q.ev.Failure
		f.Package, f.Spec = req.Package, ""
		if at := strings.LastIndex(req.Package, "@"); at > 0 {
			f.Package, f.Spec = req.Package[:at], req.Package[at+1:]
		}
	}
	if scope, _, ok := strings.Cut(q.ev.Failure.Package, "/"); ok && strings.HasPrefix(scope, "@") {
		q.ev.Scope = scope
	}
	return nil
}

// manager is the package manager that failed, as it is here if it is.
func manager(f finding.Failure, found []injection.Manager) injection.Manager {
	m := injection.Manager{Name: cmp.Or(f.Client, "npm"), Version: f.Version}
	if f.Version != "" {
		return m
	}
	for _, one := range found {
		if one.Name == m.Name {
			return one
		}
	}
	return m
}

// place says which registry it is about, and from which the scope's packages come elsewhere.
func (q *inquiry) place(asked string, users []effective.Scope, other []project) {
	s, _ := scopeOf(q.scopes, q.ev.Scope)
	q.reg = parsed(cmp.Or(asked, registryOf(q.ev.Failure), s.Registry))
	q.ev.Registry, q.ev.Public = q.reg.String(), q.reg == registry.Public
	if q.reg.IsZero() || q.ev.Scope == "" {
		return
	}
	all := [][]effective.Scope{q.scopes, users}
	for _, p := range other {
		all = append(all, p.scopes)
	}
	for _, scopes := range all {
		if s, named := scopeOf(scopes, q.ev.Scope); named && parsed(s.Registry) != q.reg && !parsed(s.Registry).IsZero() {
			q.ev.Expected = s.Registry
			return
		}
	}
}

// scopeOf is where packages of a scope come from. named: a line says so for this very scope.
func scopeOf(scopes []effective.Scope, name string) (s effective.Scope, named bool) {
	for _, one := range scopes {
		if one.Scope == name {
			return one, name != ""
		}
		if one.Scope == "" {
			s = one
		}
	}
	return s, false
}

// parsed is the registry that a text names, none if it names none.
func parsed(text string) registry.URL {
	u, err := registry.Parse(text)
	if err != nil {
		return registry.URL{}
	}
	return u
}

// registryOf is the registry that a request was sent to: its address without the package and what npm puts behind it.
func registryOf(f finding.Failure) string {
	text, _, _ := strings.Cut(f.URL, "/-/")
	for _, name := range []string{f.Package, strings.Replace(f.Package, "/", "%2f", 1), strings.Replace(f.Package, "/", "%2F", 1)} {
		if base, ok := strings.CutSuffix(strings.TrimSuffix(text, "/"), "/"+name); ok && name != "" {
			return base + "/"
		}
	}
	if text != f.URL {
		return text + "/"
	}
	if f.Method == "" {
		return f.URL // no request was told, but where it would have gone
	}
	return ""
}

// askRegistry asks all that the registry may tell, side by side.
func (q *inquiry) askRegistry(ctx context.Context) {
	if q.reg.IsZero() {
		return
	}
	var all sync.WaitGroup
	p := Package{q.ev.Failure.Package, q.ev.Failure.Spec}
	to := q.a.ports.Questions
	if !q.secret.IsZero() {
		all.Go(func() { q.ev.Whoami = to.Account(ctx, q.reg, q.secret) })
	}
	if p.Name != "" {
		all.Go(func() { q.ev.Without = to.Package(ctx, q.reg, p, token.Secret{}) })
		if !q.secret.IsZero() {
			all.Go(func() { q.ev.With = to.Package(ctx, q.reg, p, q.secret) })
		}
	}
	all.Wait()
	q.askMore(ctx)
	if q.ev.Failure.Command == "publish" && p.Version != "" {
		q.ev.NotPublished = map[finding.Known]finding.Known{finding.Yes: finding.No, finding.No: finding.Yes}[q.ev.With.HasVersion]
	}
}

// askMore asks what only an account may ask.
func (q *inquiry) askMore(ctx context.Context) {
	f := q.ev.Failure
	session := q.secret
	if k := q.kept; k.alive && (q.ev.Whoami.Outcome != finding.OutcomeOK || q.ev.Credential.Session != finding.Yes) {
		session = k.entry.secret
	}
	account := q.ev.Whoami.Name
	if account == "" && q.kept.alive {
		account = q.kept.entry.Account
	}
	var all sync.WaitGroup
	if q.ev.Scope != "" && account != "" {
		all.Go(func() {
			q.ev.Org = q.a.ports.Questions.Org(ctx, q.reg, Member{Account: account, Package: f.Package, Session: session})
		})
	}
	if q.kept.alive && q.ev.Credential.Session == finding.No && !q.secret.IsZero() {
		all.Go(func() {
			q.ev.Token = q.a.ports.Questions.Token(ctx, q.reg, TokenQuestion{Session: q.kept.entry.secret, About: q.secret, Package: f.Package})
		})
	}
	all.Wait()
}
