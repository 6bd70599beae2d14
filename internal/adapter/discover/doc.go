// Package discover finds the folders of projects: those that hold config files of package managers.
//
// Find reads every folder below the chosen roots but those that hold no project of the user's: what is called
// node_modules, .git, .hg, .svn, a package manager's cache or a trash; the caches in the home folder that
// Places lists; and other mounts. A config file below one of them is not found. Symbolic links to folders are
// not followed; on Linux not even one that takes a folder's place while Find runs. A config file counts if it is a
// plain file or a symbolic link, wherever that leads. No file is opened.
//
// Again gives the answer that Find would give, from the Index that the last scan left: of each folder in
// it the kernel is asked for its time of change, and only those are read whose time is another. Look asks of
// those folders alone that somebody saw change: Index.Watch lists the ones that are worth watching.
//
// An Index holds names of folders, and no content of any file. It belongs to the Options and roots that it was
// made with, and is never changed: a scan returns another one. There is none of a scan that was cancelled, cut,
// or saw more than 250,000 folders, and none on systems other than Linux: Again reads everything then.
//
// A scan holds a bounded number of open folders and of results. One folder that cannot be read does not end it.
// When its context is over it returns at once with what it found; a thread that waits for a dead file system
// ends when that answers. A Finder may be used by several goroutines.
package discover
