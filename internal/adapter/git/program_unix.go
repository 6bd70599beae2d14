//go:build !windows

package git

import "io/fs"

const programName = "git"

func runnable(info fs.FileInfo) bool { return info.Mode().Perm()&0o111 != 0 }
