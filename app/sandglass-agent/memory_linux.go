package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dropProgram lets go of the pages of the program file that only the start needed. They stay in the
// kernel's cache; one that is needed after all costs a page fault. Areas in which anything was
// written, a relocation for one, are left alone: the file does not have that.
func dropProgram() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	areas, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var ours area
	for line := range strings.Lines(string(areas)) {
		var kept int
		if a, ok := parseArea(line); ok {
			ours = area{}
			if a.path == self && (a.rights == "r-xp" || a.rights == "r--p") {
				ours = a
			}
		} else if n, _ := fmt.Sscanf(line, "Anonymous: %d kB", &kept); n == 1 && kept == 0 && ours.to > 0 {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, ours.from, ours.to-ours.from, unix.MADV_DONTNEED)
		}
	}
}

// area is a part of the address space, as its first line in smaps tells.
type area struct {
	from, to     uintptr
	rights, path string
}

func parseArea(line string) (a area, ok bool) {
	var skip string
	n, _ := fmt.Sscanf(line, "%x-%x %s %s %s %s", &a.from, &a.to, &a.rights, &skip, &skip, &skip)
	if _, path, found := strings.Cut(line, "/"); found {
		a.path = "/" + strings.TrimRight(path, "\n")
	}
	return a, n == 6
}
