package agent

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
)

// What is looked at of files that git does not track.
const (
	maxLoose     = 50_000  // files
	maxLooseSize = 1 << 20 // bytes of one
)

// errNotFile is what lies where a file should: a link, a folder, a pipe.
var errNotFile = errors.New("not a regular file")

// readIn reads the beginning of a file below root. No link is followed, and nothing above root is reached.
func readIn(root *os.Root, name string) (text []byte, size int64, err error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errNotFile
	}
	return readSome(root.Open(name))
}

// readSome reads the beginning of an opened file and closes it.
func readSome(f *os.File, err error) (text []byte, size int64, _ error) {
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	var b bytes.Buffer
	b.Grow(int(min(max(info.Size(), 0), leak.MaxSize)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, leak.MaxSize))
	return b.Bytes(), info.Size(), err
}

// isBlob reports whether a text is the content that git has under an id.
func isBlob(text []byte, id string) bool {
	var h hash.Hash
	switch len(id) {
	case 2 * sha1.Size:
		h = sha1.New() // a name, not a proof: a file that is made to share it is read all the same, as a file
	case 2 * sha256.Size:
		h = sha256.New()
	default:
		return false
	}
	fmt.Fprintf(h, "blob %d\x00", len(text))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil)) == id
}

// looseLeaks are those of one file that git does not track.
type looseLeaks struct {
	path string // from the root, with slashes
	all  []exposed
}

// loose looks at what lies below a folder. Of a repository's files those that are tracked are passed over.
func (s *scan) loose(dir string, in *tracked) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": nameable(dir)}, Cause: nameable(err.Error())}
	}
	defer root.Close()
	var found []looseLeaks
	var large []string // from the root, with slashes
	files, leaks := 0, 0
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case s.ctx.Err() != nil:
			return s.ctx.Err()
		case err != nil:
			s.unread(path)
			return nil
		case e.IsDir():
			return s.enter(root, name, path)
		case !e.Type().IsRegular() || in.has(name):
			return nil
		case files >= maxLoose, leaks >= maxLeaks:
			s.out.Cut = true
			return fs.SkipAll
		}
		if info, err := e.Info(); err != nil || info.Size() > maxLooseSize {
			if err == nil && len(large) <= maxUnread && textual(root, name) {
				large = append(large, name)
			}
			return nil
		}
		files++
		if err := s.step(path); err != nil {
			return err
		}
		text, _, err := readIn(root, filepath.FromSlash(name))
		if err != nil {
			s.unread(path)
			return nil
		}
		if all := onDisk(path, text); len(all) > 0 {
			found, leaks = append(found, looseLeaks{name, all}), leaks+len(all)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.addLoose(dir, in, found, large)
}

// textual reports whether a file begins like a text.
func textual(root *os.Root, name string) bool {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return true // it could be
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 8<<10))
	return err != nil || isText(head)
}

// isText reports whether a text is one that credentials are looked for in.
func isText(text []byte) bool {
	return bytes.IndexByte(text[:min(len(text), 8<<10)], 0) < 0 || bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
}

// enter says whether a folder is looked into: not those of git and of installed packages, nor another repository.
func (s *scan) enter(root *os.Root, name, path string) error {
	switch base := filepath.Base(path); {
	case name == ".":
		return nil
	case base == ".git" || base == "node_modules":
		return fs.SkipDir
	}
	if _, err := root.Lstat(filepath.Join(filepath.FromSlash(name), ".git")); err == nil {
		s.unread(path)
		return fs.SkipDir
	}
	return nil
}

// addLoose tells of what was found, and of what is too large to be looked at, once it is known what git makes of the
// files: of those that it leaves out a large one is no news.
func (s *scan) addLoose(dir string, in *tracked, found []looseLeaks, large []string) error {
	out := map[string]bool{}
	if in != nil && len(found)+len(large) > 0 {
		var paths []string
		for _, f := range found {
			paths = append(paths, in.prefix+f.path)
		}
		for _, name := range large {
			paths = append(paths, in.prefix+name)
		}
		ignored, err := in.repo.Ignored(s.ctx, paths)
		if err != nil {
			return noGit(err)
		}
		for _, path := range ignored {
			out[path] = true
		}
	}
	for _, name := range large {
		if in == nil || !out[in.prefix+name] {
			s.unread(filepath.Join(dir, filepath.FromSlash(name)))
		}
	}
	for _, f := range found {
		state := api.LeakOutside
		switch {
		case in == nil:
		case out[in.prefix+f.path]:
			state = api.LeakIgnored
		default:
			state = api.LeakUntracked
		}
		for _, l := range f.all {
			s.add(filepath.Join(dir, filepath.FromSlash(f.path)), l, state)
		}
	}
	return nil
}
