package projects

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// mostListed is how many of the found projects are listed to choose from.
const mostListed = 100

// find finds the projects below a folder, shows how far that is, and lets the user choose.
func (r *Room) find(dir string) {
	p := r.d.P
	name := i18n.Args{"Folder": desk.Plain(desk.ShortPath(dir))}
	ctx, cancel := context.WithCancel(r.d.Ctx)
	count, at := look.Prose(r.counted(0, 0)), look.Line("", look.SizeSmall, look.Dim)
	box := r.d.Ask(desk.Question{Title: p.T("projects.find.title", name), Body: look.Column(look.Grid, count, at), No: p.T("window.action.cancel")})
	box.SetOnClosed(cancel)
	go func() {
		defer cancel()
		var last api.Progress
		d, err := r.d.Agent.Discover(ctx, api.DiscoverRequest{Roots: []string{dir}}, func(step api.Progress) {
			last = step
			r.d.UI(func() {
				count.SetText(r.counted(step.Done, step.Found))
				at.SetText(desk.Plain(desk.ShortPath(step.At)))
			})
		})
		stopped := ctx.Err() != nil
		if r.d.Ctx.Err() != nil {
			return
		}
		r.d.UI(func() {
			box.Hide()
			switch {
			case stopped:
				r.d.Toast(p.T("projects.find.stopped", i18n.Args{"Found": r.counted(last.Done, last.Found)}))
			case err != nil:
				r.ask(dir, err)
			default:
				r.offer(dir, d)
			}
		})
	}()
}

// counted says how much was read and found.
func (r *Room) counted(folders, found int) string {
	p := r.d.P
	return p.T("projects.find.count", i18n.Args{"Folders": p.N("projects.find.folders", folders), "Projects": p.N("projects.find.projects", found)})
}

// picks is what the user can choose of what was found.
type picks struct {
	follow *look.Choice // all below the folder, also those that come
	each   []*look.Choice
}

// changed has the single ones follow the choice of all.
func (k *picks) changed() {
	for _, one := range k.each {
		one.Set(k.follow.On)
		one.Allow(!k.follow.On)
	}
}

// chosen are the folders that were picked one by one.
func (k *picks) chosen() (dirs []string) {
	for _, one := range k.each {
		if one.On && !k.follow.On {
			dirs = append(dirs, one.Value)
		}
	}
	return dirs
}

// offer lets the user choose what to watch of what was found.
func (r *Room) offer(dir string, d api.Discovery) {
	p := r.d.P
	var box *desk.Box
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			box.Hide()
		}
	}}
	k := &picks{}
	name := i18n.Args{"Folder": desk.Plain(desk.ShortPath(dir))}
	k.follow = h.Choice(look.ChoiceText{Title: p.T("projects.find.follow", name), Text: p.T("projects.find.follow.text")}, true, k.changed)
	body := look.Column(look.Grid, k.follow.Row)
	fresh := slices.DeleteFunc(slices.Clone(d.Projects), func(one api.FoundProject) bool { return one.Watched })
	for _, one := range fresh[:min(len(fresh), mostListed)] {
		c := h.Choice(look.ChoiceText{Value: one.Dir, Title: desk.Plain(nearDir(dir, one.Dir)), Text: desk.Plain(strings.Join(one.Files, p.T("projects.comma")))}, true, func() {})
		k.each = append(k.each, c)
		body.Add(c.Row)
	}
	if n := len(fresh) - mostListed; n > 0 {
		body.Add(look.Caption(p.N("projects.find.more", n)))
	}
	if n := len(d.Unread); n > 0 {
		body.Add(look.Caption(p.N("projects.find.unread", n)))
	}
	k.changed()
	box = r.d.Ask(desk.Question{
		Title: p.N("projects.find.found", len(fresh)), Text: r.counted(d.Folders, len(d.Projects)), Body: body, Hand: h,
		Yes: p.T("projects.watch"), No: p.T("window.action.cancel"), Do: func() { r.watch(dir, k) },
	})
}

// nearDir is a found folder as seen from the one that was searched.
func nearDir(root, dir string) string {
	if rel, err := filepath.Rel(root, dir); err == nil && rel != "." && filepath.IsLocal(rel) {
		return rel
	}
	return desk.ShortPath(dir)
}

// watch does what was chosen.
func (r *Room) watch(dir string, k *picks) {
	all, chosen := k.follow.On, k.chosen()
	if !all && len(chosen) == 0 {
		return
	}
	r.d.Then(func(ctx context.Context) error {
		if all {
			return r.follow(ctx, dir)
		}
		for _, one := range chosen {
			if err := r.d.Agent.Do(ctx, api.Action{Verb: api.VerbWatch, Path: one}); err != nil {
				return err
			}
		}
		return nil
	}, func() {
		if all {
			chosen = []string{dir}
		}
		r.d.Toast(r.d.P.T("projects.added", i18n.Args{"Folder": desk.Plain(desk.ShortPath(chosen[0]))}))
	})
}

// follow has the projects below a folder found from now on.
func (r *Room) follow(ctx context.Context, dir string) error {
	now, err := r.d.Agent.Snapshot(ctx)
	if err != nil || slices.Contains(now.Settings.Roots, dir) {
		return err
	}
	s := now.Settings
	s.Roots = append(slices.Clone(s.Roots), dir)
	return r.d.Agent.Do(ctx, api.Action{Verb: api.VerbSet, Settings: &s})
}
