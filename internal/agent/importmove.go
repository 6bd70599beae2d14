package agent

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// movement is a credential that a plan takes out of files and into the keyring.
type movement struct {
	imported
	own      string // the variable of its registry's session, where there is none yet
	registry registry.URL
	taken    []taken
}

// moving is a plan that takes credentials out of files, in the making.
type moving struct {
	a     *Agent
	ctx   context.Context
	facts importFacts
	p     *plan
	out   *api.Plan
	lines bool // lines of the user's own files become placeholders, as after setup
}

// planMoves shows those of the repairs that take credentials out of files, and returns the others.
func (a *Agent) planMoves(ctx context.Context, fixes []api.Fix, p *plan, out *api.Plan) (rest []api.Fix, err error) {
	files := map[string][]int{}
	for _, fix := range fixes {
		switch {
		case fix.Code != api.FixMove:
			rest = append(rest, fix)
		case !filepath.IsAbs(fix.File):
			return nil, &api.Error{Code: api.CodeUsage, Cause: "the path is not absolute"}
		case !slices.Contains(files[fix.File], fix.Line):
			files[fix.File] = append(files[fix.File], fix.Line)
		}
	}
	if len(files) == 0 {
		return rest, nil
	}
	if err := a.managersFound(ctx); err != nil { // which lines follow goes by them
		return nil, err
	}
	facts, err := ask(ctx, a, func() (importFacts, error) { return a.core.importFacts(), a.core.takes() })
	if err != nil {
		return nil, err
	}
	m := &moving{a: a, ctx: ctx, facts: facts, p: p, out: out}
	for _, path := range sortedKeys(files) {
		if err := m.file(path, files[path]); err != nil {
			return nil, err
		}
	}
	return rest, m.finish()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// file plans what is to go from one file: from its end, so that the lines above stay where they are.
func (m *moving) file(path string, lines []int) error {
	own := slices.Contains(m.a.ownFiles(), path)
	if !own && linked(path) {
		return stale(path)
	}
	old, err := readOrNil(m.a.ports.Files, path)
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": nameable(path)}, Cause: nameable(err.Error())}
	}
	all := leak.Scan(grammar(path), old)
	for _, line := range lines {
		if line != 0 && !slices.ContainsFunc(all, func(l leak.Leak) bool { return l.Line == line }) {
			return stale(path)
		}
	}
	all = slices.DeleteFunc(all, func(l leak.Leak) bool { return !slices.Contains(lines, 0) && !slices.Contains(lines, l.Line) })
	slices.SortStableFunc(all, func(a, b leak.Leak) int { return cmp.Or(b.Line-a.Line, b.Column-a.Column) })
	fresh, hidden := old, []string{}
	for _, l := range all {
		if byLine, err := m.byLines(path, l); err != nil || byLine {
			if err != nil {
				return err
			}
			continue
		}
		if fresh, err = m.take(importSource{path, own}, old, fresh, l); err != nil {
			return err
		}
		hidden = append(hidden, m.last().secret.Reveal())
	}
	if !bytes.Equal(old, fresh) {
		e := FileEdit{Path: path, Old: old, New: fresh}
		m.p.edits = append(m.p.edits, e)
		m.out.Edits = append(m.out.Edits, shown(e, maskedDiff(e, hidden)))
	}
	return nil
}

func (m *moving) last() *movement { return &m.p.moves[len(m.p.moves)-1] }

// byLines reports whether a line of the user's own config is brought to a placeholder by the settings.
func (m *moving) byLines(path string, l leak.Leak) (bool, error) {
	return ask(m.ctx, m.a, func() (bool, error) {
		f := m.a.core.files[path]
		if f == nil || !f.editable() {
			return false, nil
		}
		u, err := m.a.core.urlOf(l.Registry)
		if e := m.a.core.sessions[u]; err != nil || e == nil || !e.alive(m.a.core.now()) {
			return false, nil // nothing would stand behind the placeholder
		}
		after := m.a.core.settings
		if after.Move = true; slices.Contains(m.facts.inFiles, l.Fingerprint) {
			return false, &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": leftMode, "File": path}}
		}
		edits, err := m.a.core.previewLines(after, false)
		for _, e := range edits {
			if e.Path == path && !slices.ContainsFunc(leak.Scan(path, e.New), func(o leak.Leak) bool { return o.Fingerprint == l.Fingerprint }) {
				m.lines = true
				return true, err
			}
		}
		return false, err
	})
}

// take plans that one credential goes. old is the file as it is, text as this plan has it by now.
func (m *moving) take(s importSource, old, text []byte, l leak.Leak) (fresh []byte, err error) {
	path := grammar(s.path)
	fresh, hole, secret, err := leak.Take(path, text, l.Fingerprint, l.Line)
	if err != nil {
		if why := whyLeft(err); why != leftGone {
			return nil, &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": why, "File": nameable(s.path)}}
		}
		return nil, stale(s.path)
	}
	im := &importing{a: m.a, facts: m.facts, found: map[string]*imported{}}
	i := slices.IndexFunc(m.p.moves, func(v movement) bool { return v.item.ID == l.Fingerprint })
	if i < 0 {
		i = len(m.p.moves)
		m.p.moves = append(m.p.moves, movement{imported: *im.of(l.Fingerprint, l.Kind)})
	}
	v := m.p.moves[i]
	v.secret = secret
	v.since, _ = m.a.ports.Files.Modified(s.path) // zero where nobody knows
	im.line(&v.imported, s, old, l)
	im.choose(&v.imported)
	if name := m.placeholder(s.path, l, hole, &v.imported); name != "" {
		if put, err := ini.set(text, l.Key, ini.placeholder(name)); err == nil {
			fresh = put
		}
	}
	v.taken = append(v.taken, taken{File: s.path, Hole: hole})
	m.p.moves = append(slices.Delete(m.p.moves, i, i+1), v)
	return fresh, m.warn(s, l, &v)
}

// placeholder is the variable that takes the place of a name and a password in npm's own config, "" for none.
func (m *moving) placeholder(path string, l leak.Leak, h leak.Hole, f *imported) string {
	if l.Form != leak.FormBasic || h.Key == "" || h.Twice {
		return ""
	}
	name, _ := ask(m.ctx, m.a, func() (string, error) {
		c := m.a.core
		file := c.files[path]
		if file == nil || file.level != api.LevelUser || c.settings.DefaultMode != injection.ModeEnv {
			return "", nil
		}
		if k := c.keptBy(f.item.ID); k != nil && k.Variable != "" {
			return k.Variable, nil
		}
		return m.a.opts.Random(), nil
	})
	if name != "" {
		f.item.Variable = name
	}
	return name
}

// warn says what else changes by taking a line out.
func (m *moving) warn(s importSource, l leak.Leak, v *movement) error {
	note, err := ask(m.ctx, m.a, func() (string, error) {
		v.registry = m.a.core.registryOf(&v.imported, "")
		_, _, note := m.a.core.carrier(&v.imported, v.registry)
		return note, nil
	})
	add := func(code string, level api.Severity, args map[string]string) {
		m.out.Warnings = append(m.out.Warnings, api.Finding{Code: code, Severity: level, Registry: v.registry.String(), File: s.path, Line: l.Line, Args: args})
	}
	_, _, name := leak.Setting(grammar(s.path), m.text(s.path), l.Fingerprint, l.Line)
	switch {
	case l.Form == leak.FormUPM:
		add(api.FindingUPMMoved, api.SeverityWarning, nil)
	case l.Form == leak.FormEnv && !s.own, name != "" && note != "":
		add(api.FindingEnvMoved, api.SeverityWarning, map[string]string{"Variable": name, "File": s.path})
	}
	if !v.registry.IsZero() && !s.own {
		add(api.FindingMovedTo, api.SeverityInfo, map[string]string{"Registry": v.registry.String()})
	}
	m.p.moves[len(m.p.moves)-1].registry = v.registry
	return err
}

func (m *moving) text(path string) []byte {
	text, _ := readOrNil(m.a.ports.Files, path) // it was read a moment ago
	return text
}

// finish adds the lines of the user's own files that follow from the movements.
func (m *moving) finish() error {
	_, err := ask(m.ctx, m.a, func() (struct{}, error) { return struct{}{}, m.a.core.follow(m) })
	return err
}

// follow shows the lines that the user's own files get for what is moved, if the user has agreed to such lines or does now.
func (c *core) follow(m *moving) error {
	after := c.settings
	after.Move = after.Move || m.lines
	if !after.Move {
		for _, v := range m.p.moves {
			if v.project(m.a) && !v.registry.IsZero() && v.bearer && !c.standsFor(v.registry) {
				m.out.Warnings = append(m.out.Warnings, api.Finding{
					Code: api.FindingNoLine, Severity: api.SeverityWarning, Registry: v.registry.String(),
					Args: map[string]string{"Registry": v.registry.Name()}, Action: &api.Action{Verb: api.VerbMove},
				})
			}
		}
		return nil
	}
	was := map[registry.URL]*entry{}
	for i := range m.p.moves {
		c.suppose(&m.p.moves[i], was)
	}
	lines, err := c.previewLines(after, false)
	for u, e := range was {
		if c.sessions[u] = e; e == nil {
			delete(c.sessions, u)
		}
	}
	for _, e := range lines {
		hide := dialectOf(c.levelOf(e.Path)).masked
		m.out.Edits = append(m.out.Edits, shown(e, diff(hide(e.Old), hide(e.New), contextLines)))
	}
	m.p.settings, m.p.move, m.out.Move, m.p.lines = &after, true, !c.settings.Move, lines
	return err
}

// project reports whether any of the places is in a file that is not the user's own.
func (v *movement) project(a *Agent) bool {
	own := a.ownFiles()
	return slices.ContainsFunc(v.taken, func(t taken) bool { return !slices.Contains(own, t.File) })
}

// standsFor reports whether one of the user's own files has a line for a registry.
func (c *core) standsFor(u registry.URL) bool {
	return slices.ContainsFunc(c.places(&entry{record: record{Registry: u}}), func(p api.Place) bool { return p.Level != api.LevelProject })
}

// suppose lets c know the session that a movement makes, for a preview. was is what it knew.
func (c *core) suppose(v *movement, was map[registry.URL]*entry) {
	adopt, _, _ := c.carrier(&v.imported, v.registry)
	if !adopt {
		return
	}
	e := &entry{record: record{Registry: v.registry, Kind: v.item.Kind}}
	if old := c.sessions[v.registry]; old != nil {
		e.record = old.record
	} else {
		v.own = c.a.opts.Random()
		e.Own = v.own
	}
	if _, noted := was[v.registry]; !noted {
		was[v.registry] = c.sessions[v.registry]
	}
	e.Held, e.Fingerprint, e.secret = true, v.item.ID, v.secret
	c.sessions[v.registry] = e
}

// maskedDiff shows an edit without the credentials that it concerns, nor others.
func maskedDiff(e FileEdit, secrets []string) []string {
	hide := func(text []byte) string {
		s := string(text)
		for _, secret := range secrets {
			s = strings.ReplaceAll(s, secret, mask)
		}
		return s
	}
	out := diff(hide(e.Old), hide(e.New), 0)
	for i, line := range out {
		if len(leak.Scan(grammar(e.Path), []byte(line[1:]+"\n"))) > 0 {
			out[i] = line[:1] + mask
		}
	}
	return out
}
