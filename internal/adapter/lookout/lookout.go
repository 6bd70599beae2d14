// Package lookout looks for what starts by itself for this user and could wait for an access token to be revoked: there
// was a worm whose watcher asked every minute whether a stolen credential still worked, and wiped the home folder once
// it did not. What it finds is shown before anything is revoked; it judges nobody, and removes nothing.
//
// A sign is a known watcher's name, in a file's name, in a command or in a script, or the mention of credentials of
// package managers or of GitHub in the definition of what is started or in the file that it runs. Much that is
// honest mentions them too: a sign is something for the user to look at.
//
// Read are, per system: systemd's units of the user with their drop-ins, and the desktop's autostart entries; launch
// agents; the Startup folder and the values of the Run key. Of each definition the first 64 KiB count, and so do those of
// the files below the home folder that its first 500 words name, 32 of them at most. Nothing is run, nothing outside the
// home folder is read, wherever links lead, and pipes and devices are passed over.
//
// It does not see: crontab and at, since only their programs show them; what starts for all users; shells' own files
// and editors' hooks; what a script loads in its turn; programs that hide their texts. That it finds nothing does not mean
// that there is nothing.
package lookout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// The codes of signs. The catalogues say them under "access.sign.<code>".
const (
	KnownName          = "known-name"          // it has the name of a program that is known to wait for revocations
	WatchesCredentials = "watches-credentials" // it mentions credentials of package managers or of GitHub
)

const maxEntries = 2000 // definitions of one folder

// Options say where to look.
type Options struct {
	// Home is the user's home folder.
	Home string
	// Program is Sandglass' own, absolute: an entry that starts it and nothing else is no sign.
	Program string
	// Env reads variables, as os.Getenv does.
	Env func(string) string
}

// Lookout looks. Make one with New. It keeps nothing and may be asked by many at once.
type Lookout struct{ o Options }

var _ agent.Lookout = (*Lookout)(nil)

// New makes a Lookout. It touches nothing yet.
func New(o Options) *Lookout { return &Lookout{o} }

// place is a folder with definitions of what starts.
type place struct {
	dir      string
	suffixes []string // of the files that count; none: all
	dropIns  bool     // what lies in its folders "*.d" counts, too
}

// entry is one definition.
type entry struct {
	file  string // or where else it stands
	text  []byte // as far as it was read
	since time.Time
}

// Signs looks once. What cannot be read is told by the error, beside the signs that were found elsewhere.
func (l *Lookout) Signs(ctx context.Context) ([]api.Sign, error) {
	r, err := openHome(l.o)
	if err != nil {
		return nil, fmt.Errorf("look for what starts by itself: %w", err)
	}
	defer r.close()
	var (
		signs    []api.Sign
		problems []error
	)
	entries, err := l.entries(ctx, r)
	problems = append(problems, err)
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if what := r.judge(e); what != "" {
			signs = append(signs, api.Sign{File: plain(e.file), What: what, Since: e.since, Detail: plain(filepath.Base(e.file))})
		}
	}
	slices.SortFunc(signs, func(a, b api.Sign) int { return cmp.Compare(a.File, b.File) })
	if err := errors.Join(problems...); err != nil {
		return signs, fmt.Errorf("look for what starts by itself: %w", err)
	}
	return signs, nil
}

// entries are all definitions.
func (l *Lookout) entries(ctx context.Context, r *home) ([]entry, error) {
	all, err := values()
	problems := []error{err}
	for _, p := range places(l.o) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		found, err := r.definitions(p)
		all = append(all, found...)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return all, errors.Join(problems...)
}

// definitions reads those of one folder. Of one that cannot be read, or leads out of the home folder, the name is left.
func (r *home) definitions(p place) (all []entry, err error) {
	list, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, err
	}
	for _, d := range list[:min(len(list), maxEntries)] {
		path := filepath.Join(p.dir, d.Name())
		switch {
		case p.dropIns && d.IsDir() && strings.HasSuffix(d.Name(), ".d"):
			more, err := r.definitions(place{dir: path, suffixes: []string{".conf"}})
			if err != nil {
				return all, err
			}
			all = append(all, more...)
		case !d.IsDir() && fits(d.Name(), p.suffixes):
			e := entry{file: path, text: r.read(path)}
			if info, err := d.Info(); err == nil {
				e.since = info.ModTime().UTC()
			}
			all = append(all, e)
		}
	}
	if len(list) > maxEntries {
		return all, fmt.Errorf("%s holds %d entries, of which %d were looked at", plain(p.dir), len(list), maxEntries)
	}
	return all, nil
}

func fits(name string, suffixes []string) bool {
	return len(suffixes) == 0 || slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(strings.ToLower(name), s) })
}

// plain takes out of a name what steers terminals or turns text round.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > maxShown {
		return string(r[:maxShown-1]) + "…"
	}
	return s
}

const maxShown = 500 // characters of a path
