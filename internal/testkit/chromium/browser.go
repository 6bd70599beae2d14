package chromium

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// flags keep Chromium headless, harmless as root, and silent towards the world.
var flags = []string{
	"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync",
	"--disable-dev-shm-usage", "--window-size=900,700", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
}

// elementKey is how the WebDriver standard names an element's id.
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// startLimit is how long the driver, and the browser after it, may take to start.
const startLimit = 90 * time.Second

// Browser is a running Chromium. Its methods fail the test on any error.
type Browser struct {
	t    testing.TB
	base string // of the driver, and of the session when there is one
}

// Start runs a Chromium.
func Start(t testing.TB) *Browser {
	t.Helper()
	driver, err := exec.LookPath("chromedriver")
	if err != nil {
		clients.Lacking(t, "chromedriver")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		clients.Lacking(t, "chromium")
	}
	home := t.TempDir()
	cmd := exec.Command(driver, "--port=0")
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + home, "LANG=C.UTF-8"}
	ownGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start chromedriver: %v", err)
	}
	t.Cleanup(func() {
		killGroup(cmd.Process)
		_ = cmd.Wait() // it was killed
	})
	b := &Browser{t: t, base: "http://127.0.0.1:" + port(t, bufio.NewScanner(out))}
	options := map[string]any{"binary": chromium, "args": append([]string{"--user-data-dir=" + home + "/profile"}, flags...)}
	var session struct{ SessionID string }
	b.call(http.MethodPost, "/session", map[string]any{
		"capabilities": map[string]any{"alwaysMatch": map[string]any{"browserName": "chrome", "goog:chromeOptions": options}},
	}, &session)
	b.base += "/session/" + session.SessionID
	// Registered last, so run first: the browser leaves before its driver is killed.
	t.Cleanup(func() { b.call(http.MethodDelete, "", nil, nil) })
	b.call(http.MethodPost, "/timeouts", map[string]int{"implicit": 10_000, "pageLoad": 60_000}, nil)
	return b
}

var portLine = regexp.MustCompile(`started successfully on port (\d+)`)

// port reads where the driver listens, and goes on reading so that its pipe never fills.
func port(t testing.TB, lines *bufio.Scanner) string {
	t.Helper()
	found := make(chan string, 1)
	go func() {
		defer close(found)
		for lines.Scan() {
			if m := portLine.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	select {
	case p, ok := <-found:
		if ok {
			return p
		}
		t.Fatal("chromedriver ended")
	case <-time.After(startLimit):
		t.Fatal("chromedriver did not start in time")
	}
	return ""
}

// call sends one command to the driver and reads its value into out, if that is not nil.
func (b *Browser) call(method, path string, in, out any) {
	b.t.Helper()
	if err := b.try(method, path, in, out); err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
}

func (b *Browser) try(method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, &body)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.400s", res.Status, answer.Value)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, out)
}

// Open goes to a page and waits until it has loaded.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.call(http.MethodPost, "/url", map[string]string{"url": url}, nil)
}

// Type types text into the element that a CSS selector finds.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.call(http.MethodPost, "/element/"+b.find(selector)+"/value", map[string]string{"text": text}, nil)
}

// Click clicks the element that a CSS selector finds. The page that follows may take a moment: see Gone.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.call(http.MethodPost, "/element/"+b.find(selector)+"/click", struct{}{}, nil)
}

// find waits for an element, up to ten seconds.
func (b *Browser) find(selector string) string {
	b.t.Helper()
	found := map[string]string{}
	b.call(http.MethodPost, "/element", map[string]string{"using": "css selector", "value": selector}, &found)
	return found[elementKey]
}

// Gone waits until no element fits a CSS selector, up to ten seconds: the page that had it was left.
func (b *Browser) Gone(selector string) {
	b.t.Helper()
	tick, limit := time.NewTicker(20*time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	for {
		script := map[string]any{"script": "return document.readyState === 'complete' && !document.querySelector(arguments[0])", "args": []any{selector}}
		gone := false
		// While one page takes the other's place there is none to ask.
		if err := b.try(http.MethodPost, "/execute/sync", script, &gone); err == nil && gone {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			b.t.Fatalf("the page with %s is still there", selector)
		}
	}
}

// Text is what the page shows.
func (b *Browser) Text() string {
	b.t.Helper()
	var text string
	script := map[string]any{"script": "return document.body ? document.body.innerText : ''", "args": []any{}}
	b.call(http.MethodPost, "/execute/sync", script, &text)
	return text
}

// Screenshot writes what the page looks like to a PNG file.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	var shot string
	b.call(http.MethodGet, "/screenshot", nil, &shot)
	png, err := base64.StdEncoding.DecodeString(shot)
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		b.t.Fatalf("keep the screenshot: %v", err)
	}
}
