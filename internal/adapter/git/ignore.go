package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Ignore makes the edit of the root's .gitignore that has git ignore exactly this path, which is from the root.
func (r *Repo) Ignore(ctx context.Context, path string) (IgnoreEdit, error) {
	if r.Root == "" {
		return IgnoreEdit{}, fmt.Errorf("ignore %s: %w: no files are checked out", path, ErrNone)
	}
	if strings.ContainsAny(path, "\n\r\x00") || path == "" {
		return IgnoreEdit{}, fmt.Errorf("ignore %q: no line of .gitignore can name it", path)
	}
	e := IgnoreEdit{Path: filepath.Join(r.Root, ".gitignore")}
	info, err := os.Lstat(e.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return IgnoreEdit{}, fmt.Errorf("look at .gitignore: %w", err)
	case !info.Mode().IsRegular():
		return IgnoreEdit{}, fmt.Errorf("edit %s: git reads no link there", e.Path)
	case info.Size() > 1<<20:
		return IgnoreEdit{}, fmt.Errorf("edit %s: it is too long", e.Path)
	default:
		if e.Old, err = os.ReadFile(e.Path); err != nil {
			return IgnoreEdit{}, fmt.Errorf("read .gitignore: %w", err)
		}
	}
	e.New = e.Old
	if _, err := output(r.checkIgnore(ctx, []string{path}, "--no-index", "--stdin")); err == nil {
		return e, nil
	} else if ctx.Err() != nil {
		return IgnoreEdit{}, r.explain(ctx, "check-ignore", err)
	}
	e.New = withLine(e.Old, "/"+escaped(path))
	return e, nil
}

// withLine adds a line, with the line ends that the text has.
func withLine(old []byte, line string) []byte {
	end := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		end = "\r\n"
	}
	text := string(old)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += end
	}
	return []byte(text + line + end)
}

// escaped is a path as a pattern that fits nothing else.
func escaped(path string) string {
	path = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
	bare := strings.TrimRight(path, " ")
	return bare + strings.Repeat(`\ `, len(path)-len(bare))
}
