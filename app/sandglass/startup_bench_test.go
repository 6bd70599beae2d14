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

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// plain is what every Go program of this kind pays for: network, TLS and JSON linked in, a version printed.
const plain = `package main

import (
	"encoding/json"
	"net/http"
	"os"
)

func main() {
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"plain": "1.0.0", "limit": http.DefaultMaxHeaderBytes})
	if len(os.Args) > 1 {
		_, _ = http.Get(os.Args[1])
	}
}
`

// BenchmarkStartup times whole commands against an empty and a plain Go program, the npm of this machine and of
// the tests, and GitHub's command line where it is installed. Every round starts each of them once, in turn,
// so that a slow moment of the machine falls on all alike; what is reported is the median, and the median of
// the rounds' ratios to the empty program. The programs are built as releases are.
func BenchmarkStartup(b *testing.B) {
	m := newMachine(b)
	dir := b.TempDir()
	m.program = build(b, dir, "sandglass", ".")
	m.env = append(m.env, "npm_config_update_notifier=false", "GH_NO_UPDATE_NOTIFIER=1")
	commands := []timed{
		{name: "empty", argv: []string{source(b, dir, "empty", "package main\n\nfunc main() {}\n")}},
		{name: "plain", argv: []string{source(b, dir, "plain", plain)}},
		{name: "version", argv: []string{m.program, "version"}},
		{name: "hook", argv: []string{m.program, "hook", "--shell", "bash"}},
		{name: "env", argv: []string{m.program, "env", "--shell", "bash"}},
		{name: "helper", argv: []string{m.program, "helper", registry.Public.String()}},
		{name: "cat-script", argv: []string{script(b, dir, "cat-script", "#!/bin/sh\ncat '"+secretFile(b, dir)+"'\n")}},
		{name: "status", argv: []string{m.program, "status"}},
		{name: "true", argv: []string{"/bin/true"}},
		{name: "exec-true", argv: []string{m.program, "exec", "--", "/bin/true"}},
	}
	commands = append(commands, peers(b)...)
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

// peers are the commands that users know, as far as this machine has them.
func peers(b *testing.B) (all []timed) {
	add := func(name string, argv ...string) {
		all = append(all, timed{name: name + "-version", argv: append(slices.Clone(argv), "--version")})
		all = append(all, timed{name: name + "-get-registry", argv: append(slices.Clone(argv), "config", "get", "registry")})
	}
	if npm, err := exec.LookPath("npm"); err == nil {
		add("npm", npm)
	}
	modules := filepath.Join(clients.Cache(), "clients", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "npm12")); err == nil {
		npm := clients.Need(b, "npm12")
		add("npm12", append([]string{npm.Path}, npm.Args...)...)
	}
	if gh, err := exec.LookPath("gh"); err == nil {
		all = append(all, timed{name: "gh-version", argv: []string{gh, "--version"}})
	}
	return all
}

// script is a program of one line, as users write one for pnpm's tokenHelper.
func script(b *testing.B, dir, name, text string) string {
	b.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		b.Fatal(err)
	}
	return path
}

// secretFile is what such a script shows.
func secretFile(b *testing.B, dir string) string {
	b.Helper()
	path := filepath.Join(dir, "session")
	if err := os.WriteFile(path, []byte("Bearer "+fakeagent.Canary.Reveal()+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
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

// source builds a program of one file.
func source(b *testing.B, dir, name, text string) string {
	b.Helper()
	path := filepath.Join(dir, name+".go")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return build(b, dir, name, path)
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
