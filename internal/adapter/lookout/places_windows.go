package lookout

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows/registry"
)

const nonblock = 0

func places(o Options) []place {
	data := o.Env("APPDATA")
	if !filepath.IsAbs(data) {
		data = filepath.Join(o.Home, "AppData", "Roaming")
	}
	return []place{{dir: filepath.Join(data, "Microsoft", "Windows", "Start Menu", "Programs", "Startup")}}
}

const runKey = `Software\Microsoft\Windows\CurrentVersion\Run`

// values are those of the user's Run key: each is a command.
func values() ([]entry, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the Run key: %w", err)
	}
	defer func() { _ = key.Close() }() // it was only read
	names, err := key.ReadValueNames(maxEntries)
	if err != nil && len(names) == 0 {
		return nil, nil // it holds none
	}
	var all []entry
	for _, name := range names {
		if line, _, err := key.GetStringValue(name); err == nil {
			all = append(all, entry{file: `HKCU\` + runKey + `\` + name, text: []byte(line)})
		}
	}
	return all, nil
}
