// Package npmlog finds the debug logs that npm writes about its runs. It implements agent.Logs.
//
// Nothing is kept between calls, and nothing is written. A log can be long, and what counts stands at its beginning and
// at its end: of a longer one than MaxSize the middle is left out.
package npmlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// MaxSize is how much of a log is read, in bytes.
const MaxSize = 4 << 20

// maxConfig is how long a config may be, in bytes. One that is no file, but a pipe for instance, is not read.
const maxConfig = 1 << 20

// Finder finds the logs of one user.
type Finder struct {
	// Env looks up a variable of the user's, "" for one that is not set.
	Env  func(string) string
	Home string
}

var _ agent.Logs = Finder{}

// logName is how npm names a log: the time of its run, and a number where it took several files.
var logName = regexp.MustCompile(`^\d{4}-\d\d-\d\dT[0-9_]+Z-debug-\d+\.log$`)

// Newest returns the newest log. agent.ErrNotFound if there is none.
func (f Finder) Newest(ctx context.Context) (string, []byte, error) {
	dir := f.Dir()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return dir, nil, fmt.Errorf("read npm's logs: %w", agent.ErrNotFound)
	}
	if err != nil {
		return dir, nil, fmt.Errorf("read npm's logs: %w", err)
	}
	for i := len(entries) - 1; i >= 0 && ctx.Err() == nil; i-- { // sorted by name, which is by time
		if !logName.MatchString(entries[i].Name()) || !entries[i].Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, entries[i].Name())
		text, err := read(path)
		return path, text, err
	}
	return dir, nil, errors.Join(ctx.Err(), fmt.Errorf("read npm's logs: %w", agent.ErrNotFound))
}

// Dir is where npm's logs lie: logs-dir, else in its cache.
func (f Finder) Dir() string {
	config := npmrc.UserPath(f.Env, f.Home, runtime.GOOS)
	var text []byte // without one the defaults hold
	if info, err := os.Stat(config); err == nil && info.Mode().IsRegular() && info.Size() <= maxConfig {
		text, _ = os.ReadFile(config)
	}
	set := map[string]string{}
	for e := range npmrc.Parse(text).Entries() {
		if e.Top() {
			set[e.Key] = npmrc.Expand(e.Value, func(name string) (string, bool) { v := f.Env(name); return v, v != "" })
		}
	}
	option := func(name string) string {
		for _, key := range []string{"npm_config_" + name, "NPM_CONFIG_" + strings.ToUpper(name)} {
			if v := f.Env(key); v != "" {
				return f.absolute(v)
			}
		}
		if v := set[strings.ReplaceAll(name, "_", "-")]; v != "" {
			return f.absolute(v)
		}
		return ""
	}
	if dir := option("logs_dir"); dir != "" {
		return dir
	}
	cache := option("cache")
	if cache == "" {
		cache = filepath.Join(f.Home, ".npm")
		if local := f.Env("LOCALAPPDATA"); runtime.GOOS == "windows" && local != "" {
			cache = filepath.Join(local, "npm-cache")
		}
	}
	return filepath.Join(cache, "_logs")
}

// absolute is a path as npm means it: "~/" is the home folder, and a relative one begins there, too.
func (f Finder) absolute(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = rest
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(f.Home, path)
}

// read returns a file, without its middle where it is too long.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read npm's log: %w", err)
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, MaxSize/2))
	if err != nil {
		return nil, fmt.Errorf("read npm's log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read npm's log: %w", err)
	}
	if rest := info.Size() - int64(len(head)); rest > MaxSize/2 {
		if _, err := file.Seek(-MaxSize/2, io.SeekEnd); err != nil {
			return nil, fmt.Errorf("read npm's log: %w", err)
		}
	}
	tail, err := io.ReadAll(io.LimitReader(file, MaxSize/2))
	if err != nil {
		return nil, fmt.Errorf("read npm's log: %w", err)
	}
	return append(head, tail...), nil
}
