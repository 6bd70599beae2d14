package git

import "io/fs"

const programName = "git.exe"

func runnable(fs.FileInfo) bool { return true }
