package files

// beingWritten would tell of writers that have not written yet. macOS has no leases.
func beingWritten(int) bool { return false }
