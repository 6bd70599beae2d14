package dirs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// SweepDead removes the files in dir whose names begin with the id of a process that is no more, as in
// 4711-abc: a program that was killed could not take them away. Others are left alone.
func SweepDead(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		number, _, ok := strings.Cut(e.Name(), "-")
		pid, err := strconv.Atoi(number)
		if ok && err == nil && pid > 0 && e.Type().IsRegular() && !alive(pid) {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
