// Package processes looks at the environments that the user's processes were started with.
//
// On Linux it reads them in /proc, each once, of processes of the same user only, and tells of a value
// nothing but its fingerprint. What a process is shown to hold is what it was started with: a shell that has loaded
// another value since, through the hook, still shows the first one, so that the caller must leave such
// shells out by their Program. All processes that hold a name are listed, but ourselves; one whose memory the
// system hides, such as a browser's sandbox or an ssh-agent, is passed over, and one that ends meanwhile too.
//
// One look is bounded: it reads maxProcesses processes at most, those of the highest numbers first, and maxEnvironment of
// each. It keeps nothing and may be asked by many at once.
//
// New returns nil on other systems: Windows and macOS show other processes' environments to debuggers alone.
package processes
