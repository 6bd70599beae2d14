package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// ErrPath says that a path is no absolute one.
var ErrPath = errors.New("not an absolute path")

// Folder shows a folder, or the folder of a file, in the system's file manager. What lies there is not opened: a
// file may be a program. Errors wrap ErrPath, fs.ErrNotExist, ErrNoBrowser, ErrUnsure and ErrBusy.
func (b *Opener) Folder(ctx context.Context, path string) error {
	const what = "show folder"
	if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) {
		return fmt.Errorf("%s: %w", what, ErrPath)
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err == nil {
		err = possible(withoutBrowser)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return b.run(ctx, what, func() error { return reveal(path, info.IsDir()) })
}

// withoutBrowser is the environment without $BROWSER, which is for pages.
func withoutBrowser(name string) string {
	if name == "BROWSER" {
		return ""
	}
	return os.Getenv(name)
}

// fileURL is the address of a folder, as the launchers of Unix and Windows take it.
func fileURL(dir string) string {
	dir = filepath.ToSlash(dir)
	if !strings.HasPrefix(dir, "/") {
		dir = "/" + dir
	}
	return (&url.URL{Scheme: "file", Path: dir}).String()
}
