package lookout

import (
	"path/filepath"
	"syscall"
)

const nonblock = syscall.O_NONBLOCK // a pipe without a writer would wait for one

func places(o Options) []place {
	folder := func(variable string, otherwise ...string) string {
		if dir := o.Env(variable); filepath.IsAbs(dir) {
			return dir
		}
		return filepath.Join(append([]string{o.Home}, otherwise...)...)
	}
	config, data := folder("XDG_CONFIG_HOME", ".config"), folder("XDG_DATA_HOME", ".local", "share")
	units := []string{".service", ".timer", ".path", ".socket"}
	return []place{
		{dir: filepath.Join(config, "systemd", "user"), suffixes: units, dropIns: true},
		{dir: filepath.Join(data, "systemd", "user"), suffixes: units, dropIns: true},
		{dir: filepath.Join(config, "autostart"), suffixes: []string{".desktop"}},
	}
}

// values are none here.
func values() ([]entry, error) { return nil, nil }
