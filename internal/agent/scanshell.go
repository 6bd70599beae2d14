package agent

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
)

// shellFiles are the start files of shells and their histories, below the home folder.
var shellFiles = []string{
	".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".bash_history",
	".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".zsh_history", ".zhistory", ".histfile", ".config/zsh/.zshrc", ".config/zsh/.zshenv", ".config/zsh/.zsh_history",
	".config/fish/config.fish", ".config/fish/fish_variables", ".local/share/fish/fish_history",
	".config/powershell/profile.ps1", ".config/powershell/Microsoft.PowerShell_profile.ps1", ".local/share/powershell/PSReadLine/ConsoleHost_history.txt",
	"Documents/PowerShell/profile.ps1", "Documents/PowerShell/Microsoft.PowerShell_profile.ps1", "Documents/WindowsPowerShell/profile.ps1",
	"Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1", "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
	".config/nushell/config.nu", ".config/nushell/env.nu", ".config/nushell/history.txt", ".xprofile", ".pam_environment",
}

// shellFolders have files with any name, below the home folder.
var shellFolders = []string{".config/fish/conf.d/*.fish", ".config/environment.d/*.conf"}

// xdg are the folders that a variable moves elsewhere.
var xdg = map[string]string{"XDG_CONFIG_HOME": ".config/", "XDG_DATA_HOME": ".local/share/"}

// shells looks at the user's own shell files, which may be links: it is their home.
func (s *scan) shells() error {
	if s.a.opts.Home == "" {
		return &api.Error{Code: api.CodeUsage, Cause: "no home folder is known"}
	}
	for _, path := range s.shellPaths() {
		if err := s.shellFile(path, path); err != nil {
			return err
		}
	}
	if path := s.place("HISTFILE"); path != "" {
		return s.shellFile(path, ".sh_history")
	}
	return nil
}

// place is a path of the shell that asks, "" if it tells none that could be one.
func (s *scan) place(name string) string {
	if path := s.req.Env[name]; filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return ""
}

// shellPaths lists where shell files may be: at home, and where the shell that asks says that its own are.
func (s *scan) shellPaths() (paths []string) {
	add := func(dir, name string) {
		found := []string{filepath.Join(dir, filepath.FromSlash(name))}
		if strings.Contains(name, "*") {
			found = globbed(dir, name)
		}
		for _, path := range found {
			if !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	for _, name := range slices.Concat(shellFiles, shellFolders) {
		add(s.a.opts.Home, name)
		for variable, usual := range xdg {
			if rest, ok := strings.CutPrefix(name, usual); ok && s.place(variable) != "" {
				add(s.place(variable), rest)
			}
		}
		if dir := s.place("ZDOTDIR"); dir != "" && (strings.HasPrefix(name, ".z") || name == ".histfile") {
			add(dir, name)
		}
	}
	return paths
}

// globbed lists the files in a folder whose name may hold what a pattern takes for its own signs.
func globbed(dir, pattern string) (paths []string) {
	folder := filepath.Join(dir, filepath.FromSlash(pattern[:strings.LastIndexByte(pattern, '/')]))
	entries, _ := os.ReadDir(folder) // none, where there is no such folder
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), filepath.Ext(pattern)) {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	return paths
}

// shellFile looks at one file, if it is there, as one that is called so.
func (s *scan) shellFile(path, as string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || s.seen[path] {
		return nil
	}
	s.seen[path] = true
	if err := s.step(path); err != nil {
		return err
	}
	read := readSome
	if leak.IsHistory(as) {
		read = readLast
	}
	text, size, err := read(os.Open(path))
	if err != nil || size > int64(len(text)) {
		s.unread(path)
	}
	if err != nil {
		return nil
	}
	skipped := 0
	if leak.IsHistory(as) && size > int64(len(text)) {
		if skipped, err = linesBefore(path, size-int64(len(text))); err != nil {
			return nil
		}
	}
	for _, l := range onDisk(as, text) {
		l.Line += skipped
		l.movable = l.movable && !linked(path)
		s.add(path, l, api.LeakOutside)
	}
	return nil
}

// readLast reads the last of an opened file from the beginning of a line on, and closes it: the newest of a history is
// what still works.
func readLast(f *os.File, err error) (text []byte, size int64, _ error) {
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	from := info.Size() - leak.MaxSize
	if from <= 0 {
		return readSome(f, nil)
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	text, _, err = readSome(f, nil)
	_, text, _ = bytes.Cut(text, []byte("\n"))
	return text, from + leak.MaxSize, err
}

// linesBefore counts the lines in the first part of a file.
func linesBefore(path string, size int64) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(io.LimitReader(f, size), 1<<20)
	for {
		part, err := r.ReadSlice('\n')
		if bytes.HasSuffix(part, []byte("\n")) {
			n++
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
	}
}
