package agent

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// explaining is what is known of npm's newest log, where the user wants failures explained.
type explaining struct {
	busy bool
	told string // the log that was last read to its end
	of   string // the registry that the notice on the screen is about
	next time.Time
}

// How often a log is looked at whose run is not over, and how long at most, in looks.
const (
	explainEvery = 3 * time.Second
	explainLooks = 400
)

// explainRest is how long nothing is explained after something was: whatever runs in a project can write logs.
const explainRest = 20 * time.Second

// noticeExplain is the notice about a failure. There is one at a time: the newest.
const noticeExplain = "explain"

// explainPath is the folder to track for new logs, none where nobody wants to be told.
func (c *core) explainPath() (paths []string) {
	if c.settings.Explain && c.settings.Notices && c.a.ports.Logs != nil {
		paths = append(paths, c.a.ports.Logs.Dir()+string(filepath.Separator))
	}
	return paths
}

// logWritten waits for npm's newest log to be whole, and says what is behind the failure in it if that is one of the
// kind that a login or an access token has to do with, in a watched project.
func (c *core) logWritten() {
	if c.explaining.busy || len(c.explainPath()) == 0 || !c.mayShow(c.now()) {
		return
	}
	c.explaining.busy = true
	told, watched := c.explaining.told, c.watchedFolder
	c.a.spawn(func(ctx context.Context) func() {
		path, text := c.a.wholeLog(ctx)
		f, failed := finding.Read(text) // of a long text it takes a while
		dir := ranIn(text)
		return func() {
			c.explaining.busy = false
			if path == "" || path == told {
				return
			}
			c.explaining.told = path
			if failed && watched(dir) && !c.now().Before(c.explaining.next) {
				c.explaining.next = c.now().Add(explainRest)
				c.explainFailure(f, dir)
			}
		}
	})
}

// wholeLog returns the newest log once its run is over, nothing if that takes too long.
func (a *Agent) wholeLog(ctx context.Context) (string, []byte) {
	tick := time.NewTicker(explainEvery)
	defer tick.Stop()
	for range explainLooks {
		path, text, err := a.ports.Logs.Newest(ctx)
		if err != nil {
			return "", nil
		}
		if runOver.Match(text) {
			return path, text
		}
		select {
		case <-ctx.Done():
			return "", nil
		case <-tick.C:
		}
	}
	return "", nil
}

var (
	runOver = regexp.MustCompile(`(?m)^\d+ verbose exit \d+`)
	ranAt   = regexp.MustCompile(`(?m)^\d+ verbose cwd (.+?)\r?$`)
)

// ranIn is the folder that a log's run was started in, "" where it does not tell.
func ranIn(text []byte) string {
	if m := ranAt.FindSubmatch(text); m != nil && filepath.IsAbs(string(m[1])) {
		return filepath.Clean(string(m[1]))
	}
	return ""
}

// watchedFolder reports whether a folder is a watched project's, or lies in one.
func (c *core) watchedFolder(dir string) bool {
	for _, p := range c.viewProjects() {
		if rel, err := filepath.Rel(p.Dir, dir); dir != "" && err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// explainFailure finds out what is behind a failure, beside the loop. Nobody has asked, and whatever runs in a project can write
// a log: only a registry of the user's own is asked.
func (c *core) explainFailure(f finding.Failure, dir string) {
	c.a.spawn(func(ctx context.Context) func() {
		d, err := c.a.diagnose(ctx, api.DiagnoseRequest{Failure: &f, Dir: dir}, true)
		if err != nil || !worthANotice(d.Verdict) {
			return nil
		}
		return func() { c.showVerdict(d, dir) }
	})
}

// worthANotice reports whether a verdict is about credentials and rights, and more than a guess.
func worthANotice(v finding.Verdict) bool {
	switch v.Code {
	case finding.SessionEnded, finding.NoCredential, finding.Unexpanded, finding.Malformed, finding.OtherHost, finding.Overridden, finding.Revoked,
		finding.Classic, finding.TokenEnded, finding.TokenTooNarrow, finding.AddressRange, finding.NotMember, finding.InvitationOpen, finding.NoTeam,
		finding.NoWrite, finding.WrongRegistry, finding.TwoFactorRequired, finding.LegacyKey, finding.TokenRestricted:
		return v.Confidence != finding.Possible
	}
	return false
}

func (c *core) showVerdict(d api.Diagnosis, dir string) {
	if !c.mayShow(c.now()) {
		return
	}
	p := c.printer()
	args := p.Fill(d.Verdict.Args, c.now(), printable)
	n := Notice{
		ID: noticeExplain, Title: p.T("verdict."+d.Verdict.Code+".title", args),
		Body: printable(nameable(filepath.Base(dir))) + ": " + p.T("verdict.step."+string(d.Verdict.Step), args),
	}
	if d.Verdict.Step == finding.StepLogin {
		n.Buttons = append(n.Buttons, Button{buttonRenew, p.T("notice.renew")})
		c.explaining.of = d.Evidence.Registry
	}
	n.Buttons = append(n.Buttons, Button{buttonOpen, p.T("notice.open")})
	c.show(n, func() {})
}

// pressedExplain handles a button of the notice about a failure.
func (c *core) pressedExplain(key string) {
	switch key {
	case buttonRenew:
		if u, err := registry.Parse(c.explaining.of); err == nil {
			c.login(u, false)
		}
	case buttonOpen:
		c.openRoom(api.RoomFindings)
	}
}

// folderChanged: an entry of a tracked folder came or went.
func (c *core) folderChanged(path string) {
	if slices.Contains(c.explainPath(), path) {
		c.logWritten()
		return
	}
	c.entriesChanged([]string{filepath.Clean(path)})
}
