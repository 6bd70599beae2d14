package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// commandLine is the absolute path of sandglass: beside this program, else in PATH, "" if it is in neither.
func commandLine() string {
	name := "sandglass"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		path := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil || !filepath.IsAbs(path) {
		return ""
	}
	return path
}

// helperScript is where a program lies that runs the helper for one registry: pnpm 10 gives a helper no arguments.
func (w world) helperScript(u registry.URL) string {
	if runtime.GOOS == "windows" {
		return "" // pnpm 10 would need a program there, not a script
	}
	sum := sha256.Sum256([]byte(u.String()))
	return filepath.Join(w.dirs.Config, "helper", u.Host()+"-"+hex.EncodeToString(sum[:4]))
}

// helperText is the text of such a program.
func helperText(program string) func(registry.URL) string {
	return func(u registry.URL) string {
		path, _ := injection.Quote(injection.Posix, program) // paths and URLs hold no NUL
		address, _ := injection.Quote(injection.Posix, u.String())
		return "#!/bin/sh\n# Sandglass: pnpm 10 asks this for the session of one registry.\nexec " + path + " helper " + address + "\n"
	}
}
