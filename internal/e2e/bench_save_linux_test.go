package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// BenchmarkSaveToEnvFile is the whole way of a new login: from the start of a save of the user's .npmrc, as npm
// saves it, to the env file that every open shell reads. In between lie the watcher's settle time and the
// keyring, which has the secret before any shell; the second run has no keyring to wait for. What was made
// of a file that npm had not finished writing is counted too: it must be nothing.
func BenchmarkSaveToEnvFile(b *testing.B) {
	for name, keyring := range map[string]bool{"keyring": true, "no-keyring": false} {
		b.Run(name, func(b *testing.B) {
			s := newSaver(b, keyring)
			var took, after []time.Duration
			for b.Loop() {
				total, save := s.round(b)
				took, after = append(took, total), append(after, total-save)
			}
			slices.Sort(took)
			slices.Sort(after)
			b.ReportMetric(ms(took[len(took)/2]), "ms-median")
			b.ReportMetric(ms(took[len(took)*95/100]), "ms-p95")
			b.ReportMetric(ms(took[len(took)-1]), "ms-max")
			b.ReportMetric(ms(after[len(after)/2]), "ms-median-after-save")
			b.ReportMetric(ms(after[len(after)*95/100]), "ms-p95-after-save")
			b.ReportMetric(float64(s.torn(b)), "torn")
			b.ReportMetric(0, "ns/op") // a round holds waiting that is no part of the way
		})
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// saver saves logins into the .npmrc of a user whose agent runs.
type saver struct {
	user     *user
	registry *verdaccio.Server
	move     bool   // the agent puts a placeholder where a login was saved
	env      string // what shells read
	changes  *os.File
	whole    map[string]bool // every token that was saved
	broken   int             // values seen in the env file that no save ever wrote
}

func newSaver(b *testing.B, keyring bool) *saver {
	bus := desktop.Bus(b)
	if keyring {
		vault.Start(b, bus)
	}
	r := verdaccio.Start(b, verdaccio.Options{})
	home := clients.NewHome(b, r.URL)
	home.Write(b, ".config/sandglass/settings.toml", "move = true\nlog_level = \"debug\"\n", 0o600)
	run, err := os.MkdirTemp("/dev/shm", "sandglass-bench-") // a runtime folder lies in memory
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(run) })
	s := &saver{registry: r, whole: map[string]bool{}, move: keyring, env: filepath.Join(run, "sandglass", "env.sh")}
	s.user = &user{home: home, env: home.Env("DBUS_SESSION_BUS_ADDRESS="+bus, "XDG_RUNTIME_DIR="+run)}
	first := s.mint()
	s.save(b, first)
	agent := s.user.command(context.Background(), "sandglass-agent", "--no-tray")
	if err := agent.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = agent.Process.Signal(syscall.SIGTERM); _ = agent.Wait() })
	desktop.Until(b, "the first login", func() bool { return s.value() == first })
	s.rest(b, first)
	s.listen(b)
	return s
}

// listen asks the kernel to tell of every env file that is put in place.
func (s *saver) listen(b *testing.B) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		b.Fatal(err)
	}
	s.changes = os.NewFile(uintptr(fd), "inotify")
	b.Cleanup(func() { _ = s.changes.Close() })
	if _, err := syscall.InotifyAddWatch(fd, filepath.Dir(s.env), syscall.IN_MOVED_TO|syscall.IN_CLOSE_WRITE); err != nil {
		b.Fatal(err)
	}
}

// mint is a login that tells its own end.
func (s *saver) mint() string {
	token := s.registry.Mint("alice", 2*time.Hour)
	s.whole[token] = true
	return token
}

// round saves a login of its own, and tells how long it took until the env file had it, and how long the
// save alone took.
func (s *saver) round(b *testing.B) (total, save time.Duration) {
	token := s.mint()
	start := time.Now()
	s.save(b, token)
	save = time.Since(start)
	_ = s.changes.SetReadDeadline(time.Now().Add(10 * time.Second))
	event := make([]byte, 4096)
	for {
		now := s.value()
		if now == token {
			break
		}
		if now != "" && !s.whole[now] {
			s.broken++
		}
		if _, err := s.changes.Read(event); err != nil {
			b.Fatalf("no env file with the new login: %v\n%s", err, s.user.log())
		}
	}
	total = time.Since(start)
	s.rest(b, token)
	return total, save
}

// value is the credential in the env file. Every name in it stands for the same.
func (s *saver) value() string {
	text, _ := os.ReadFile(s.env)
	_, rest, _ := strings.Cut(string(text), "'ey")
	token, _, ok := strings.Cut(rest, "'")
	if !ok {
		return ""
	}
	return "ey" + token
}

// save writes like npm: truncate, write, chmod, each from another turn of its loop.
func (s *saver) save(b *testing.B, token string) {
	path := filepath.Join(s.user.home.Dir, ".npmrc")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		b.Fatal(err)
	}
	pause()
	_, err = fmt.Fprintf(f, "registry=%s\n//%s/:_authToken=%s\n", s.registry.URL, s.registry.Host(), token)
	if err == nil {
		err = f.Close()
	}
	pause()
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// pause is what lies between two calls of npm's. A timer would take five times as long.
func pause() {
	for start := time.Now(); time.Since(start) < 200*time.Microsecond; {
	}
}

// rest waits until the agent has done all that follows from a login: the registry was asked who it is, and
// where secrets are kept, the placeholder stands.
func (s *saver) rest(b *testing.B, token string) {
	desktop.Until(b, "the agent to rest", func() bool {
		asked := slices.ContainsFunc(s.registry.Requests(), func(r verdaccio.Request) bool { return r.Token == token })
		return asked && (!s.move || strings.Contains(s.user.home.Read(".npmrc"), "${"))
	})
	<-time.After(50 * time.Millisecond) // past the settle time of the placeholder's own event
}

// torn counts what came of half-written files: readings without the login that every whole file holds, values in
// the env file that nobody saved, and logins adopted beyond those saved.
func (s *saver) torn(b *testing.B) int {
	log := []byte(s.user.log())
	adopted := bytes.Count(log, []byte("Session adopted"))
	if !bytes.Contains(log, []byte("Config file read")) || adopted < len(s.whole) {
		b.Errorf("%d of %d logins adopted: the count of torn readings means nothing", adopted, len(s.whole))
	}
	empty := 0
	for line := range bytes.Lines(log) {
		if bytes.Contains(line, []byte("Config file read")) && bytes.Contains(line, []byte("/.npmrc")) && bytes.Contains(line, []byte("credentials=0")) {
			empty++
		}
	}
	return s.broken + empty + adopted - len(s.whole)
}
