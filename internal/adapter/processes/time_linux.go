package processes

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// perSecond is the kernel's clock for user space: 100 on every system that Go runs on.
const perSecond = 100

// ticks is a process's start in clock ticks since the boot, -1 if it cannot be read. Together with the number it
// names a process for ever.
func ticks(dir string) int64 {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return -1
	}
	// The second field is a name in brackets that may hold anything; the twenty-second is the start.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return -1
	}
	n, err := strconv.ParseInt(fields[19], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// boot is the wall time at which the machine started, the zero time if the kernel does not tell.
func (t table) boot() time.Time {
	stat, err := os.ReadFile(filepath.Join(t.dir, "stat"))
	if err != nil {
		return time.Time{}
	}
	for line := range strings.Lines(string(stat)) {
		if text, ok := strings.CutPrefix(line, "btime "); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
				return time.Unix(n, 0)
			}
		}
	}
	return time.Time{}
}

func started(boot time.Time, ticks int64) time.Time {
	if boot.IsZero() {
		return time.Time{}
	}
	return boot.Add(time.Duration(ticks) * (time.Second / perSecond))
}
