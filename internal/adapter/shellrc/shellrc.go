// Package shellrc teaches the user's shells to load the env files: it holds the static hook file of each
// shell, and plans the one marked line that an rc file needs to read it.
//
// It writes nothing. A plan is a list of whole-file edits that the agent shows and then makes; the same
// plan twice is empty the second time, and the plan to remove takes back exactly what was added,
// wherever the user has moved it. All else in an rc file stays as it is, byte for byte.
package shellrc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
)

// Options say whose shells they are.
type Options struct {
	Home      string              // absolute
	ConfigDir string              // where hook files go, absolute: $XDG_CONFIG_HOME/sandglass
	Env       func(string) string // the user's environment; nil: os.Getenv
	Passwd    string              // the account file; empty: /etc/passwd
}

// Shells plans edits of rc files. It implements agent.Shells, keeps nothing and may be used from
// any goroutine.
type Shells struct{ o Options }

var _ agent.Shells = (*Shells)(nil)

// New takes the options as they are; nothing is read before Plan or Detect.
func New(o Options) *Shells {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Passwd == "" {
		o.Passwd = "/etc/passwd"
	}
	return &Shells{o}
}

// Plan says what would change so that these shells load the hook, or stop doing so. Files that are right
// already are left out. An edit's path is the one that the user knows: whoever writes follows links. To remove,
// an rc file stays even if nothing else is in it, but files that are ours alone go. Errors wrap injection.ErrShell or
// say which file cannot be read.
func (s *Shells) Plan(shells []string, remove bool) ([]agent.FileEdit, error) {
	var edits []agent.FileEdit
	for _, name := range shells {
		sh, err := named(name)
		if err != nil {
			return nil, err
		}
		rc, err := s.planRC(sh, remove)
		if err != nil {
			return nil, err
		}
		file, err := s.planHook(sh, remove)
		if err != nil {
			return nil, err
		}
		// The hook comes before the lines that read it, and goes after them.
		if remove {
			edits = append(append(edits, rc...), file...)
		} else {
			edits = append(append(edits, file...), rc...)
		}
	}
	return edits, nil
}

func (s *Shells) planHook(sh shell, remove bool) ([]agent.FileEdit, error) {
	text, err := hook.Text(sh.name)
	if err != nil {
		return nil, err
	}
	want := []byte(text)
	if remove {
		want = nil
	}
	return edit(filepath.Join(s.o.ConfigDir, sh.hook), func([]byte) []byte { return want })
}

func (s *Shells) planRC(sh shell, remove bool) ([]agent.FileEdit, error) {
	line, err := sh.line(s.o.Home, filepath.Join(s.o.ConfigDir, sh.hook))
	if err != nil {
		return nil, fmt.Errorf("quote path of hook: %w", err)
	}
	var edits []agent.FileEdit
	for _, path := range sh.rc(s.o) {
		more, err := edit(path, func(old []byte) []byte {
			if !remove {
				return withLine(old, line)
			}
			if old = withoutLine(old); len(old) == 0 && sh.dropIn {
				return nil
			}
			return old
		})
		if err != nil {
			return nil, err
		}
		edits = append(edits, more...)
	}
	return edits, nil
}

// edit reads path and says how change alters it: no edit if it does not. change gets and gives nil for no file.
func edit(path string, change func(old []byte) []byte) ([]agent.FileEdit, error) {
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return nil, fmt.Errorf("read shell file: %w", err)
	case old == nil:
		old = []byte{}
	}
	next := change(old)
	if (next == nil) == (old == nil) && bytes.Equal(next, old) {
		return nil, nil
	}
	return []agent.FileEdit{{Path: path, Old: old, New: next}}, nil
}

func named(name string) (shell, error) {
	for _, sh := range known {
		if sh.name == name || strings.EqualFold(sh.alias, name) {
			return sh, nil
		}
	}
	return shell{}, fmt.Errorf("%w: %q (there are bash, zsh, fish, pwsh and nu; other shells read env.sh with a dot)", injection.ErrShell, name)
}
