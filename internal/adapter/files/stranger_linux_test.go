package files

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// strangers are writers that take no lock and save at the worst moment. want is what must stand when
// both are done.
var strangers = map[string]struct {
	at   map[step]func(w *stranger)
	want string
}{
	"opened before, writes after the exchange": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(0) },
		afterwards:   func(w *stranger) { w.write("theirs") },
	}, "theirs"},
	"truncates before the exchange, writes after": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(os.O_TRUNC) },
		afterwards:   func(w *stranger) { w.write("theirs") },
	}, "theirs"},
	"truncates while the exchange is looked at": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(0) },
		stepSwapped:  func(w *stranger) { w.write("theirs") },
	}, "theirs"},
	"saves twice, the second time into our file": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(0); w.write("first") },
		stepSwapped:  func(w *stranger) { w.open(os.O_TRUNC); w.write("second") },
	}, "second"},
	"opens our file before it is taken back": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(0); w.write("first") },
		stepSwapped:  func(w *stranger) { w.open(0) },
		afterwards:   func(w *stranger) { w.write("second") },
	}, "second"},
	"removes our file before it is taken back": {map[step]func(*stranger){
		stepSwapping: func(w *stranger) { w.open(0); w.write("theirs") },
		stepSwapped: func(w *stranger) {
			if err := os.Remove(w.path); err != nil {
				w.t.Error(err)
			}
		},
	}, "theirs"},
}

const afterwards step = 99

type stranger struct {
	t    *testing.T
	path string
	file *os.File
}

func (w *stranger) open(flags int) {
	file, err := os.OpenFile(w.path, os.O_WRONLY|flags, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.file != nil {
		_ = w.file.Close()
	}
	w.file = file
}

func (w *stranger) write(text string) {
	if err := w.file.Truncate(0); err != nil {
		w.t.Error(err)
	}
	if _, err := w.file.WriteAt([]byte(text), 0); err != nil {
		w.t.Error(err)
	}
}

func TestD01_StrangersLastWordStands(t *testing.T) {
	for name, c := range strangers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w := &stranger{t: t, path: filepath.Join(dir, ".npmrc")}
			write(t, w.path, "old", 0o600)
			f := newFiles(t)
			f.at = func(p step) {
				if act := c.at[p]; act != nil {
					act(w)
				}
			}
			mustFail(t, f.Replace(w.path, []byte("old"), []byte("ours")), agent.ErrChanged)
			if act := c.at[afterwards]; act != nil {
				act(w)
			}
			_ = w.file.Close()
			mustSay(t, w.path, c.want)
			mustBeClean(t, dir)
		})
	}
}
