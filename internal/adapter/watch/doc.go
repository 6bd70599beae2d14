// Package watch tells when config files may have changed, in whatever way they are saved.
//
// For every tracked path it listens to the folder of each symbolic-link hop and to that folder's
// ancestors, because a file is replaced by rename, its folder is swapped, its link points elsewhere.
// After something happened it waits for 20 ms of quiet, looks at the file itself, and names it only if
// its bytes, its existence or its link target differ from the last look. A file that has become empty is
// given one more settle time, because npm empties .npmrc before it writes.
//
// A tracked path that ends in a separator is a folder: it is named, as it was tracked, when an entry of it came,
// went or got another name, and when the folder itself did. What is written into its files is no change of it.
//
// Where the system gives no notices (table full, network file system, macOS, Windows) the files are
// looked at every two seconds, and Polling says so; folders, of which there may be thousands, every half minute.
//
// The agent owns one Watcher and calls Run once; Run returns after every goroutine ended, and a second
// Run is refused. Track and Polling may be called from any goroutine, before Run too. A path that is
// tracked for the first time comes in the next batch even if nothing happened to it: what changed between
// its owner's reading and the watch would be lost otherwise. Tracking the same set twice does nothing.
// File contents are hashed and forgotten at once.
package watch
