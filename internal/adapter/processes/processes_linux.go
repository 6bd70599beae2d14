package processes

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const (
	maxProcesses   = 4096
	maxEnvironment = 256 << 10
)

// table is the kernel's table of processes.
type table struct {
	dir  string
	uid  uint32
	self int
	most int
}

// New returns a view of the processes of the user that we are.
func New() agent.Processes {
	return table{dir: "/proc", uid: uint32(os.Geteuid()), self: os.Getpid(), most: maxProcesses}
}

// Holding lists the processes that were started with a value under one of these names, oldest number first.
// When ctx ends it returns what it has found, and why it stopped.
func (t table) Holding(ctx context.Context, names []string) ([]agent.Holder, error) {
	if len(names) == 0 {
		return nil, nil
	}
	pids, err := t.pids()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	boot := t.boot()
	buf := make([]byte, maxEnvironment)
	defer clear(buf)
	var all []agent.Holder
	for _, pid := range pids {
		if err := ctx.Err(); err != nil {
			return all, fmt.Errorf("look at processes: %w", err)
		}
		all = append(all, t.holder(pid, names, buf, boot)...)
	}
	slices.SortStableFunc(all, func(a, b agent.Holder) int { return a.PID - b.PID })
	return all, nil
}

// pids lists the processes that may be ours to look at, the highest number first.
func (t table) pids() ([]int, error) {
	dir, err := os.Open(t.dir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range entries {
		if pid, err := strconv.Atoi(name); err == nil && pid > 0 && pid != t.self {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	slices.Reverse(pids)
	return pids[:min(len(pids), t.most)], nil
}

// holder reads one process. Kernel threads and zombies have no environment; others' processes, and those that
// have ended, are no news.
func (t table) holder(pid int, names []string, buf []byte, boot time.Time) []agent.Holder {
	dir := filepath.Join(t.dir, strconv.Itoa(pid))
	info, err := os.Stat(dir)
	if err != nil || info.Sys().(*syscall.Stat_t).Uid != t.uid {
		return nil
	}
	before := ticks(dir)
	env := environ(dir, buf)
	var found []agent.Holder
	for _, name := range names {
		if value := valueOf(env, name); value != "" {
			found = append(found, agent.Holder{PID: pid, Variable: name, Fingerprint: token.NewSecret(value).Fingerprint()})
		}
	}
	if len(found) == 0 {
		return nil
	}
	program := programOf(dir)
	if before < 0 || ticks(dir) != before {
		return nil // it has ended, and the number is another's now
	}
	for i := range found {
		found[i].Program, found[i].Started = program, started(boot, before)
	}
	return found
}

// environ reads the environment into buf, up to its last whole variable.
func environ(dir string, buf []byte) []byte {
	f, err := os.Open(filepath.Join(dir, "environ"))
	if err != nil {
		return nil
	}
	defer f.Close()
	n, err := io.ReadFull(f, buf)
	if err == nil { // there may be more: the last variable is cut
		n = bytes.LastIndexByte(buf[:n], 0) + 1
	}
	return buf[:n]
}

// valueOf is the first value of a name, as getenv finds it.
func valueOf(env []byte, name string) string {
	for len(env) > 0 {
		line, rest, _ := bytes.Cut(env, []byte{0})
		if len(line) > len(name) && line[len(name)] == '=' && string(line[:len(name)]) == name {
			return string(line[len(name)+1:])
		}
		env = rest
	}
	return ""
}

// programOf is the base name of the program's file, or the name that the process goes by where that is hidden.
func programOf(dir string) string {
	if exe, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		return filepath.Base(strings.TrimSuffix(exe, " (deleted)"))
	}
	comm, err := os.ReadFile(filepath.Join(dir, "comm"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(comm))
}
