package main

import "golang.org/x/sys/unix"

// harden keeps this process's memory, which holds secrets, out of core files and away from other
// processes of the user that may not trace. Best effort: a kernel that refuses leaves it as it was.
func harden() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
