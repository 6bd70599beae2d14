package envfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// room is the folder while its lock is held.
type room struct {
	root        *os.Root
	generations []uint64 // that have a file
	newest      uint64   // of them, 0 if there is none
	unfinished  []string // temporary files of a killed process: nobody else writes now
}

// survey looks at what lies in the folder.
func survey(root *os.Root) (*room, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("open folder of env files: %w", err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("list folder of env files: %w", err)
	}
	r := &room{root: root}
	for _, name := range names {
		if number, ok := strings.CutPrefix(name, "gen."); ok {
			if n, err := strconv.ParseUint(number, 10, 63); err == nil {
				r.generations = append(r.generations, n)
				r.newest = max(r.newest, n)
			}
		}
	}
	for _, p := range published {
		for _, name := range names {
			if name == temporary(p.name) {
				r.unfinished = append(r.unfinished, name)
			}
		}
	}
	return r, nil
}

func temporary(name string) string     { return "." + name + ".new" }
func generationFile(gen uint64) string { return "gen." + strconv.FormatUint(gen, 10) }

// next is a generation that no shell has ever seen. The clock keeps it so when the folder was emptied
// under the eyes of open shells, which remember the name of a generation that would come again: no
// publication is as quick as a microsecond, so the generations never run ahead of it.
func (r *room) next() uint64 {
	return max(r.newest+1, uint64(time.Now().UnixMicro()))
}

// replace puts data in place as generation gen.
func (r *room) replace(gen uint64, data [][]byte) error {
	if err := r.prepare(data); err != nil {
		r.drop()
		return err
	}
	if err := r.create(generationFile(gen), nil); err != nil {
		r.drop()
		return fmt.Errorf("write generation: %w", err)
	}
	for i, p := range published {
		if err := r.root.Rename(temporary(p.name), p.name); err != nil {
			if i == 0 { // no env file names it yet
				_ = r.root.Remove(generationFile(gen))
			}
			r.drop()
			return fmt.Errorf("replace %s: %w", p.name, err)
		}
	}
	return r.retire(func(n uint64) bool { return n == gen })
}

// prepare writes the temporary files, everything that may well go wrong, before a shell can see any of it.
func (r *room) prepare(data [][]byte) error {
	r.drop()
	for i, p := range published {
		info, err := r.root.Lstat(p.name)
		if err == nil && info.Mode().Type()&^fs.ModeSymlink != 0 {
			return fmt.Errorf("replace %s: %w: it is no plain file", p.name, ErrFolder)
		}
		if err := r.create(temporary(p.name), data[i]); err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	return nil
}

// create writes a file that did not exist, closed to others from its first byte.
func (r *room) create(name string, data []byte) error {
	f, err := r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, werr := f.Write(data)
	// The umask may have taken away even the user's own rights.
	return errors.Join(werr, f.Chmod(0o600), f.Close())
}

// drop removes the temporary files, as far as there are any.
func (r *room) drop() {
	for _, p := range published {
		_ = r.root.Remove(temporary(p.name))
	}
}

// retire removes every generation but those to keep.
func (r *room) retire(keep func(uint64) bool) error {
	var errs []error
	for _, n := range r.generations {
		if keep(n) {
			continue
		}
		if err := r.root.Remove(generationFile(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("retire generation: %w", err))
		}
	}
	return errors.Join(errs...)
}

var namesGeneration = regexp.MustCompile(`SANDGLASS_GEN\W+([0-9]+)`)

// sweep removes what a killed process left: temporary files, and generations that no env file names.
func (r *room) sweep() error {
	for _, name := range r.unfinished {
		if err := r.root.Remove(name); err != nil {
			return fmt.Errorf("remove unfinished env file: %w", err)
		}
	}
	named := map[uint64]bool{}
	for _, p := range published {
		data, err := r.root.ReadFile(p.name)
		if err != nil {
			continue
		}
		if m := namesGeneration.FindSubmatch(data); m != nil {
			n, _ := strconv.ParseUint(string(m[1]), 10, 63)
			named[n] = true
		}
	}
	return r.retire(func(n uint64) bool { return named[n] })
}
