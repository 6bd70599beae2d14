//go:build !linux

package watch

// openNotices refuses: on macOS kqueue holds one descriptor for each entry of a watched folder, on
// Windows a watched folder cannot have its parent renamed. Both are worse than a look every two seconds.
func openNotices() (notices, error) { return nil, errUnsupported }

func remote(string) bool { return false }
