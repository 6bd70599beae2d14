package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// exitRefused is the exit code of what is refused as unsafe.
const exitRefused = 7

// userConfig is a private copy of the user's npm config for one command.
type userConfig struct {
	path string
	stay bool // this process must outlive the command, and then call done
	done func()
}

// mergedConfig is the user's own config file with the credentials in it and all else as it is: a file that
// said less would send packages elsewhere.
func (a *app) mergedConfig(items []api.GrantItem) ([]byte, error) {
	home, _ := os.UserHomeDir()
	path := npmrc.UserPath(npmrc.Environ(a.Environ()), home, runtime.GOOS)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
	}
	for _, it := range items {
		if it.Secret.IsZero() || it.Key == "" {
			continue
		}
		if text, err = npmrc.Set(text, it.Key+":_authToken", it.Secret.Reveal()); err != nil {
			return nil, a.uneditable(path, err)
		}
	}
	return text, nil
}

// uneditable says why a config file cannot be added to. It is never replaced by one that says less.
func (a *app) uneditable(path string, err error) error {
	a.say("%s %s\n%s %s\n(%s)\n", a.t("error"), a.t("exec.config", i18n.Args{"File": clean(path)}), a.t("hint"), a.t("exec.config.hint"), clean(err.Error()))
	return status(exitRefused)
}

// execDir is the folder for such copies where they cannot be kept in memory, below the runtime folder. A
// file's name begins with the id of the process that it is for: the agent removes at its start those whose
// process is no more.
const execDir = "exec"

// onDisk keeps a copy in a file that only the user can read, until done.
func (a *app) onDisk(text []byte) (userConfig, error) {
	wrong := func(err error) (userConfig, error) {
		return userConfig{}, fmt.Errorf("write a private config file: %w", err)
	}
	if a.RuntimeDir == "" {
		return wrong(errors.New("find the runtime folder"))
	}
	dir := filepath.Join(a.RuntimeDir, execDir)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return wrong(err)
	}
	f, err := os.CreateTemp(dir, strconv.Itoa(os.Getpid())+"-*") // 0600 from its first byte
	if err != nil {
		return wrong(err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return wrong(errors.Join(err, os.Remove(f.Name())))
	}
	return userConfig{path: f.Name(), stay: true, done: func() { _ = os.Remove(f.Name()) }}, nil
}
