package managers

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

const (
	maxPackage  = 1 << 20 // of a package.json
	maxLauncher = 16 << 10
	maxUp       = 8 // folders from a program to its package.json
)

// Identify tells what a program on disk is, by its links, by the package that it belongs to, and by what the
// launchers that npm and pnpm write start; it starts nothing itself. Version is "" for a program that is
// no part of a package. It says no to what it cannot tell, such as the shims of corepack, Volta, asdf and
// mise, which are now this and now that.
func Identify(path string) (injection.Manager, bool) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return injection.Manager{}, false
	}
	name, version := packageOf(real)
	if name == "" {
		name, version = launched(real)
	}
	if name == "" {
		name = compiled(real)
	}
	if name == "" {
		return injection.Manager{}, false
	}
	return injection.Manager{Name: name, Version: version, Path: path}, true
}

// perProject reports whether a program is a shim of corepack's, which runs another version in every project.
func perProject(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	pkg, _ := nearest(real)
	return pkg == "corepack"
}

func packageOf(file string) (name, version string) {
	pkg, version := nearest(file)
	if name = managerOf(pkg); name == "" {
		return "", ""
	}
	return name, version
}

// nearest finds the nearest package.json with a name above a file. Above a folder of installed packages lie
// those who use them.
func nearest(file string) (pkg, version string) {
	dir := filepath.Dir(file)
	for range maxUp {
		if filepath.Base(dir) == "node_modules" {
			return "", ""
		}
		if pkg, version := readPackage(filepath.Join(dir, "package.json")); pkg != "" {
			return pkg, version
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "", ""
}

func readPackage(path string) (name, version string) {
	text, err := readRegular(path, maxPackage)
	if err != nil {
		return "", ""
	}
	var pkg struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if json.Unmarshal(text, &pkg) != nil {
		return "", ""
	}
	if !isVersion(pkg.Version) {
		pkg.Version = ""
	}
	return pkg.Name, pkg.Version
}

// managerOf names the manager that a package of npm's is, "" for all others.
func managerOf(pkg string) string {
	switch pkg {
	case "npm", "pnpm", "yarn", "bun", "deno":
		return pkg
	}
	for prefix, name := range map[string]string{
		"@pnpm/exe": "pnpm", "@pnpm/linux": "pnpm", "@pnpm/macos": "pnpm", "@pnpm/win-": "pnpm",
		"@yarnpkg/cli": "yarn", "@oven/bun-": "bun", "@deno/": "deno",
	} {
		if strings.HasPrefix(pkg, prefix) {
			return name
		}
	}
	return ""
}

// launched finds the package that a launcher starts. Such files, which stand where links cannot, name it
// relative to their own folder.
func launched(path string) (name, version string) {
	text, err := readRegular(path, maxLauncher)
	if err != nil || len(text) == maxLauncher || strings.IndexByte(string(text), 0) >= 0 {
		return "", ""
	}
	for _, word := range strings.Split(string(text), `"`) {
		rest, ok := relative(word)
		if !ok {
			continue
		}
		target := filepath.Join(filepath.Dir(path), filepath.FromSlash(strings.ReplaceAll(rest, `\`, "/")))
		n, v := packageOf(target)
		if n == "" {
			continue // such as the node beside it
		}
		if name != "" && name != n {
			return "", ""
		}
		name, version = n, v
	}
	return name, version
}

// relative takes the launcher's own folder off a path, as shells, cmd.exe and PowerShell write it.
func relative(word string) (string, bool) {
	for _, base := range []string{"$basedir/", `%~dp0\`, `%dp0%\`} {
		if rest, ok := strings.CutPrefix(word, base); ok {
			return rest, true
		}
	}
	return "", false
}

// compiled names a manager that comes as one program without a package, by its own name.
func compiled(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	if name != "bun" && name != "deno" && name != "pnpm" {
		return ""
	}
	start, err := readRegular(path, 4)
	if err != nil {
		return ""
	}
	switch string(start) {
	case "\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe":
		return name
	}
	if strings.HasPrefix(string(start), "MZ") {
		return name
	}
	return ""
}

// readRegular reads up to limit bytes of a file, and of nothing that could make it wait.
func readRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("is no regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
