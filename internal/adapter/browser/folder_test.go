package browser

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestFolderAddress(t *testing.T) {
	for path, want := range map[string]string{
		"/home/alice/.config": "file:///home/alice/.config", "/a b/c#d?e%": "file:///a%20b/c%23d%3Fe%25", "/日本": "file:///%E6%97%A5%E6%9C%AC", "/-x": "file:///-x",
	} {
		if got := fileURL(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestFolderThatIsNot(t *testing.T) {
	err := New(Options{}).Folder(t.Context(), filepath.Join(t.TempDir(), "gone"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
