package managers

import (
	"os"
	"os/exec"
	"strings"
)

// neutral is the folder in which programs are asked: nobody but the system writes to it.
func neutral(env func(string) string) string {
	if dir := env("SYSTEMROOT"); dir != "" {
		return dir
	}
	return `C:\Windows`
}

// extensions are what a program's file may end with.
func extensions(env func(string) string) []string {
	if list := env("PATHEXT"); list != "" {
		return strings.Split(strings.ToLower(list), ";")
	}
	return []string{".com", ".exe", ".bat", ".cmd"}
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// group has nothing to do: Windows ends the program alone, and Run comes back all the same.
func group(*exec.Cmd) {}

func reap(*exec.Cmd) {}
