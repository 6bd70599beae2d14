package lookout

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	maxRead  = 64 << 10 // bytes of a file that count
	maxNamed = 32       // files that one definition names
)

// home reads files below the home folder, and no others.
type home struct {
	o    Options
	real string // without links
	root *os.Root
}

func openHome(o Options) (*home, error) {
	real, err := filepath.EvalSymlinks(o.Home)
	if err != nil {
		return nil, fmt.Errorf("find the home folder: %w", err)
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return nil, fmt.Errorf("open the home folder: %w", err)
	}
	return &home{o, real, root}, nil
}

func (r *home) close() { _ = r.root.Close() } // it was only read

// read is the beginning of a file, nil where it is none below the home folder or cannot be read.
func (r *home) read(path string) []byte {
	inside, ok := r.inside(path)
	if !ok {
		return nil
	}
	f, err := r.root.OpenFile(inside, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	raw, _ := io.ReadAll(io.LimitReader(f, maxRead)) // what could be read counts
	return raw
}

// inside follows a path's links and gives the place below the home folder where they end. The root checks it again
// when it is opened.
func (r *home) inside(path string) (rel string, ok bool) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", false
	}
	rel, err = filepath.Rel(r.real, path)
	return rel, err == nil && filepath.IsLocal(rel)
}

// own reports whether a definition starts Sandglass and nothing else.
func (r *home) own(text string) bool {
	// A property list can name another program beside its arguments, and any key twice.
	if r.o.Program == "" || strings.Contains(text, "Program</key>") || strings.Count(text, "<key>ProgramArguments</key>") > 1 {
		return false
	}
	some := false
	for _, line := range r.commands(text) {
		if line != r.o.Program {
			return false
		}
		some = true
	}
	return some
}

// commands are what a definition has run: the values of its keys in the forms of systemd and desktops, the texts of a
// property list, or the whole of what is neither.
func (r *home) commands(text string) (all []string) {
	if strings.Contains(text, "<plist") {
		_, list, _ := strings.Cut(text, "<key>ProgramArguments</key>")
		list, _, _ = strings.Cut(list, "</array>")
		for _, part := range strings.Split(list, "<string>")[1:] {
			value, _, _ := strings.Cut(part, "</string>")
			all = append(all, plistText.Replace(value))
		}
		return all
	}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && (strings.HasPrefix(key, "Exec") || key == "TryExec") {
			all = append(all, strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	if all == nil {
		return []string{strings.Trim(strings.TrimSpace(text), `"`)}
	}
	return all
}

var plistText = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// programs are the files below the home folder that a text names: whole, in the folder that it says it works in, or
// in the user's folders of programs.
func (r *home) programs(text string) (all []string) {
	words := r.words(text)
	dirs := []string{filepath.Join(r.o.Home, ".local", "bin"), filepath.Join(r.o.Home, "bin")}
	for _, w := range words {
		if len(dirs) < maxDirs && filepath.IsAbs(w) && r.isDir(w) {
			dirs = append(dirs, w)
		}
	}
	for _, w := range words {
		at := []string{w}
		if !filepath.IsAbs(w) {
			at = nil
			for _, dir := range dirs {
				at = append(at, filepath.Join(dir, w))
			}
		}
		for _, path := range at {
			if len(all) < maxNamed && !slices.Contains(all, path) && r.isFile(path) {
				all = append(all, path)
			}
		}
	}
	return all
}

const (
	maxWords = 500 // that are looked for in a definition
	maxDirs  = 6   // where
)

// words are what could be a path in a text: pieces between quotes and tags, those behind a key, between spaces, and
// between the signs of shells. A path may hold all but the first.
func (r *home) words(text string) (all []string) {
	seen := map[string]bool{}
	add := func(w string) {
		w = strings.TrimLeft(strings.TrimSpace(w), "-@:+!") // systemd's signs before a program
		if w != "" && len(w) < 1024 && len(all) < maxWords && !seen[w] {
			seen[w] = true
			all = append(all, w)
		}
		if i := strings.Index(w, `:\`); i > 1 && len(all) < maxWords { // in a shortcut something stands right before it
			all = append(all, w[i-1:])
		}
	}
	for _, piece := range strings.FieldsFunc(r.expand(text), func(c rune) bool { return c < ' ' || strings.ContainsRune("\"'<>", c) }) {
		_, value, _ := strings.Cut(piece, "=")
		add(piece)
		add(value)
		for _, word := range append(strings.Fields(piece), strings.Fields(value)...) {
			add(word)
			for _, part := range strings.FieldsFunc(word, func(c rune) bool { return strings.ContainsRune("=|;,&()`", c) }) {
				add(part)
			}
		}
	}
	return all
}

// expand puts the home folder where a definition has what stands for it.
func (r *home) expand(text string) string {
	pairs := []string{"${HOME}", r.o.Home, "$HOME", r.o.Home, "%h", r.o.Home, "~/", r.o.Home + "/", `\x20`, " ", `\s`, " ", "&amp;", "&"}
	if runtime.GOOS == "windows" {
		pairs = pairs[:4]
		for _, name := range []string{"USERPROFILE", "APPDATA", "LOCALAPPDATA"} {
			if value := r.o.Env(name); value != "" {
				pairs = append(pairs, "%"+name+"%", value, "%"+strings.ToLower(name)+"%", value)
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (r *home) isFile(path string) bool {
	inside, ok := r.inside(path)
	if !ok {
		return false
	}
	info, err := r.root.Lstat(inside)
	return err == nil && info.Mode().IsRegular()
}

func (r *home) isDir(path string) bool {
	inside, ok := r.inside(path)
	if !ok || inside == "." {
		return false
	}
	info, err := r.root.Lstat(inside)
	return err == nil && info.IsDir()
}
