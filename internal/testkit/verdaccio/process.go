package verdaccio

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

//go:embed guard.cjs
var guard []byte

//go:embed config.yaml
var config string

// readyLimit is how long Verdaccio may take to listen. It takes about a second alone.
const readyLimit = 60 * time.Second

// backend is the Verdaccio of this test binary.
type backend struct {
	url    *url.URL
	secret []byte    // signs its JWTs
	alive  io.Closer // the end of its standard input: were it collected as garbage, Verdaccio would end
	err    error

	mu    sync.Mutex
	known []string // packages that were published
}

var (
	once   sync.Once
	shared backend
)

// sharedBackend starts Verdaccio at the first call.
func sharedBackend(t testing.TB) *backend {
	t.Helper()
	node := clients.Node(t)
	program := filepath.Join(clients.Cache(), "registry", "node_modules", "verdaccio", "bin", "verdaccio")
	if _, err := os.Stat(program); err != nil {
		clients.Lacking(t, "Verdaccio")
	}
	once.Do(func() {
		if shared.err = shared.start(node, program); shared.err == nil {
			shared.err = shared.seed()
		}
	})
	if shared.err != nil {
		t.Fatalf("start the registry: %v", shared.err)
	}
	return &shared
}

// start runs Verdaccio in a new folder. The process and the folder go when our end of its standard
// input closes, which is when this process ends.
func (b *backend) start(node, program string) error {
	dir, err := os.MkdirTemp("", "sandglass-registry-")
	if err != nil {
		return err
	}
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.WriteFile(path, content, 0o600))
		return path
	}
	guardPath := write("guard.cjs", guard)
	configPath := write("config.yaml", []byte(strings.ReplaceAll(config, "DIR", dir)))
	if err != nil {
		return err
	}
	cmd := exec.Command(node, "--require", guardPath, program, "--config", configPath, "--listen", "127.0.0.1:0")
	cmd.Env = []string{"HOME=" + dir, "PATH=" + filepath.Dir(node), "TMPDIR=" + dir, "SANDGLASS_REGISTRY_DIR=" + dir}
	if b.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	if b.url, err = address(bufio.NewScanner(out)); err != nil {
		return errors.Join(err, cmd.Process.Kill())
	}
	return b.readSecret(filepath.Join(dir, "storage", ".verdaccio-db.json"))
}

// address reads what Verdaccio prints until the guard tells the address, and goes on reading after
// that so that the pipe never fills.
func address(lines *bufio.Scanner) (*url.URL, error) {
	found := make(chan string, 1)
	said := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines.Scan() {
			if addr, ok := strings.CutPrefix(lines.Text(), "listening "); ok {
				found <- addr
			} else if all.Len() < 1<<14 {
				all.WriteString(lines.Text() + "\n")
			}
		}
		said <- all.String()
	}()
	select {
	case addr := <-found:
		return url.Parse(addr)
	case text := <-said:
		return nil, fmt.Errorf("verdaccio ended: %s", text)
	case <-time.After(readyLimit):
		return nil, errors.New("verdaccio did not listen in time")
	}
}

func (b *backend) readSecret(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the registry's secret: %w", err)
	}
	var db struct{ Secret string }
	if err := json.Unmarshal(content, &db); err != nil {
		return fmt.Errorf("read the registry's secret: %w", err)
	}
	b.secret = []byte(db.Secret)
	return nil
}
