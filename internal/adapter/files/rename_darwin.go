package files

import "golang.org/x/sys/unix"

// renameNew renames within a folder unless the new name is taken (EEXIST).
func renameNew(dir int, from, to string) error {
	return unix.RenameatxNp(dir, from, dir, to, unix.RENAME_EXCL)
}

// renameExchange lets two files of a folder change names in one step.
func renameExchange(dir int, a, b string) error {
	return unix.RenameatxNp(dir, a, dir, b, unix.RENAME_SWAP)
}
