//go:build !windows

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkStartup times whole commands against an empty Go program and npm. Every round starts each
// of them once, in turn, so that a slow moment of the machine falls on all alike; what is reported is the
// median, and the median of the rounds' ratios to the empty program. The programs are built as releases are.
func BenchmarkStartup(b *testing.B) {
	m := newMachine(b)
	dir := b.TempDir()
	m.program = build(b, dir, "sandglass", ".")
	empty := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(empty, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	commands := []timed{
		{name: "empty", argv: []string{build(b, dir, "empty", empty)}},
		{name: "version", argv: []string{m.program, "version"}},
		{name: "hook", argv: []string{m.program, "hook", "--shell", "bash"}},
		{name: "env", argv: []string{m.program, "env", "--shell", "bash"}},
		{name: "status", argv: []string{m.program, "status"}},
		{name: "true", argv: []string{"/bin/true"}},
		{name: "exec-true", argv: []string{m.program, "exec", "--", "/bin/true"}},
	}
	if npm, err := exec.LookPath("npm"); err == nil {
		commands = append(commands, timed{name: "npm", argv: []string{npm, "--version"}})
	}
	for i := 0; b.Loop(); i++ {
		for k := range commands {
			commands[(i+k)%len(commands)].run(b, m.env)
		}
	}
	for _, c := range commands {
		b.ReportMetric(float64(median(c.took).Microseconds())/1000, c.name+"-ms")
		b.ReportMetric(c.ratio(commands[0]), c.name+"/empty")
	}
	b.ReportMetric(0, "ns/op") // a round means nothing
}

type timed struct {
	name string
	argv []string
	took []time.Duration
}

func (c *timed) run(b *testing.B, env []string) {
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Env = env
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(fmt.Errorf("%s: %w", c.name, err))
	}
	c.took = append(c.took, time.Since(begin))
}

// ratio is the median of how many times longer c took than base in the same round.
func (c *timed) ratio(base timed) float64 {
	var all []float64
	for i := range c.took {
		all = append(all, float64(c.took[i])/float64(base.took[i]))
	}
	return median(all)
}

func median[T time.Duration | float64](v []T) T {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

func build(b *testing.B, dir, name, source string) string {
	b.Helper()
	path := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}
