package agent

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// core is the state. Only the loop's goroutine touches it.
type core struct {
	a   *Agent
	ctx context.Context
	log *slog.Logger

	settings    api.Settings
	settingsBad []api.Finding
	sessions    map[registry.URL]*entry
	vault       map[string]*kept              // what the keyring has beside sessions, by name
	ways        map[registry.URL]ChallengeWay // how each asked for a second factor
	wantsOTP    registry.URL                  // which asked for a one-time password last
	books       map[registry.URL]*tokenBook   // what is known of accounts' access tokens
	listings    map[listing][]func(error)     // lists that are being read, and who waits for them
	notes       []noteRecord
	reminding   reminding
	retired     []string        // variables that no credential has any more
	jobs        map[string]*job // changes of access tokens that are not over, by name
	files       map[string]*file
	unread      int // files whose first reading is still to come
	logins      map[registry.URL]*login
	failed      map[registry.URL]*api.Error // the last login, where it did not work
	uses        []api.Use
	plans       map[string]plan
	planned     []string // their names, the oldest first

	paused     time.Time
	userLock   bool // the user chose Lock
	screenLock bool // the screen is locked, and the settings say that this empties the env files
	asleep     bool
	sleepy     bool // the machine is kept awake for a file that is being written
	stopping   bool

	started            time.Time
	version            uint64
	dirty              bool // something changed since the last snapshot
	unsaved            bool // something changed that state.json keeps
	desktop            desktopEnv
	stale              []api.Finding // programs that were started with an older session
	staleAt            time.Time     // when to look again
	looking            bool
	added              []addedLine
	adding             []addedLine // about to be written
	managers           []injection.Manager
	told               []string      // project files, by path and content, that were warned about
	problems           []api.Finding // lines of watched files that do not do what they seem to
	linting, lintAgain bool
	shells             []api.Shell // that the user has
	hooked             bool        // one of the user's loads the hook
	projects           []project   // the watched folders
	foundProjects      []project   // those found below the roots: they are shown, and nothing goes by what they say
	moreProjects       int         // that were found beside
	search             search
	explaining         explaining
	shownProjects      []api.Project // as they were last shown, nil if they are to be shown anew
	shownKey           string        // with which sessions
	startable          bool          // whether the desktop starts the agent can be changed
	autostart          bool          // it does
	applying           int           // plans whose lines are being waited for
	managersKnown      bool          // they were asked for, or nobody can
	helperFor10        bool          // the user agreed to the line that pnpm 10 needs, of which npm warns
	published          []Variable
	publishedDue       injection.Due
	envErr             error
	stateErr           error
	stateAt            time.Time     // when to try again to write the state, zero for at once
	keyringOp          chan struct{} // closed when the last call of askKeyring is over
	noticeAt           time.Time     // when a notification service that did not answer is asked again
	stateBad           string        // where a damaged state file was set aside
	keyring            keyringHealth
	between            []api.Store // the stores of a change between them that is not over
	trayHost           bool
	standing           map[registry.URL]due // notices that stand on the screen
	several            bool                 // they stand there as one
	dueNow             []due                // not shown yet: somebody is being asked whether they are over, too
	noticed            bool                 // a notification service answered when it was last asked
	noticesAsked       bool
	asked              bool      // whether trayHost was asked for
	offered            bool      // the first notice about a literal was shown
	offer              *offer    // of which it is to be, once something may be said
	jobsAt             time.Time // when to look again what became of a job
	keptAt             time.Time // when to ask the keyring again for what it has beside sessions
	armed              time.Time
}

// entry is a session: what is kept across restarts, and what is not.
type entry struct {
	record
	secret     token.Secret // zero while locked or unknown
	kept       bool         // the keyring has it
	lost       bool         // the keyring should have it and could not give it
	offline    bool
	doubted    bool // it was refused too early to believe it at once
	probing    bool
	unseenAt   time.Time // when a program last made a login begin
	helperTold time.Time // when a notice last said why pnpm's helper gives nothing
	keepAt     time.Time // when to offer the secret to the keyring again, zero if it has it
	nextTry    time.Time // when to ask again whether it is alive, zero for never
}

// life is the span that the stages are reckoned by. A session that was refused before its time ended then.
func (e *entry) life() session.Life {
	end := e.Ends
	if e.Refused && !e.RefusedAt.IsZero() && (end.IsZero() || e.RefusedAt.Before(end)) {
		end = e.RefusedAt
	}
	return session.Life{Start: e.Started, End: end}
}

// over reports whether the session has ended at now.
func (e *entry) over(now time.Time) bool {
	return e.Refused || e.Fingerprint != "" && e.life().Stage(now) == session.Ended
}

// alive reports whether the credential may be handed out at now.
func (e *entry) alive(now time.Time) bool { return !e.secret.IsZero() && !e.over(now) }

// keyringHealth is what the last calls to the keyring said.
type keyringHealth struct{ err error }

func newCore(a *Agent) *core {
	return &core{
		a: a, log: a.log,
		sessions: map[registry.URL]*entry{}, vault: map[string]*kept{}, ways: map[registry.URL]ChallengeWay{}, books: map[registry.URL]*tokenBook{}, listings: map[listing][]func(error){}, jobs: map[string]*job{}, files: map[string]*file{},
		logins: map[registry.URL]*login{}, failed: map[registry.URL]*api.Error{}, plans: map[string]plan{}, standing: map[registry.URL]due{},
	}
}

// start reads what is on disk. What takes time comes back through the loop.
func (c *core) start() {
	c.started = c.now()
	c.settings, c.settingsBad = c.a.ports.Settings.Load()
	c.loadState()
	for u, e := range c.sessions {
		if e.Fingerprint != "" {
			c.fetchSecret(u)
		} else if e.Held { // the agent may have ended between a logout and this
			c.askKeyring(func(ctx context.Context) func() {
				_ = c.a.ports.Keyring.Delete(ctx, keyName(u)) // else the next time
				return nil
			})
		}
	}
	c.fetchKept()
	c.emptyOther()
	c.track()
	c.find()
	c.findManagers()
	c.askNotices()
	c.askAutostart()
	c.dirty = true
	if c.a.opts.TrayHost != nil {
		c.a.work.Go(func() {
			c.a.opts.TrayHost(c.ctx, func(shown bool) {
				c.a.post(func() {
					if !shown {
						c.log.Info("No tray host on this desktop; everything else goes on")
					}
					c.trayHost, c.asked, c.dirty = shown, true, true
				})
			})
		})
	}
	c.settle()
}

// stop empties the env files and writes the state down.
func (c *core) stop() {
	c.stopping = true
	c.publishEnv()
	c.saveState()
}

// settle brings everything that follows from the state up to date: env files, alarm, state file,
// snapshot. It is called after every event and does nothing when nothing changed.
func (c *core) settle() {
	c.stages()
	c.lookAfterJobs()
	c.publishEnv()
	for _, f := range c.files {
		c.move(f)
	}
	if c.unsaved && !c.now().Before(c.stateAt) {
		c.saveState()
	}
	if c.sleepy && !c.rewriting() {
		c.nowSleep()
	}
	c.arm()
	if c.dirty && (c.unread == 0 || c.version > 0) { // the first snapshot waits for the first look at the files
		c.dirty = false
		c.version++
		c.a.publish(c.view())
	}
}

func (c *core) now() time.Time { return c.a.ports.Clock.Now() }

// entryFor returns the session of a registry, made if need be.
func (c *core) entryFor(u registry.URL) *entry {
	e := c.sessions[u]
	if e == nil {
		e = &entry{record: record{Registry: u, Kind: token.KindUnknown, Own: c.a.opts.Random()}}
		c.sessions[u] = e
		c.touch()
	}
	return e
}

// touch marks the state as changed, on disk and on screen.
func (c *core) touch() { c.dirty, c.unsaved = true, true }

// ordered lists the sessions, the most pressing first: ended, then by end, then the unknown.
func (c *core) ordered() []*entry {
	all := make([]*entry, 0, len(c.sessions))
	for _, e := range c.sessions {
		all = append(all, e)
	}
	now := c.now()
	rank := func(e *entry) int {
		switch {
		case e.Fingerprint == "":
			return 3
		case e.over(now):
			return 0
		case e.Ends.IsZero():
			return 2
		}
		return 1
	}
	slices.SortFunc(all, func(x, y *entry) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		if d := x.life().End.Compare(y.life().End); d != 0 {
			return d
		}
		if x.Registry.String() < y.Registry.String() {
			return -1
		}
		return 1
	})
	return all
}

// keyName is a session's name in the keyring.
func keyName(u registry.URL) string { return "session " + u.String() }

// fetchSecret asks the keyring for a session's secret.
func (c *core) fetchSecret(u registry.URL) {
	c.askKeyring(func(ctx context.Context) func() {
		s, err := c.a.ports.Keyring.Get(ctx, keyName(u))
		return func() { c.secretFetched(u, s, err) }
	})
}

func (c *core) secretFetched(u registry.URL, s token.Secret, err error) {
	e := c.sessions[u]
	if e == nil || !e.secret.IsZero() || c.userLock {
		return
	}
	c.dirty = true
	c.keyringSaid(err)
	switch {
	case err == nil && s.Fingerprint() == e.Fingerprint:
		e.secret, e.kept, e.lost = s, true, false
		c.probe(u)
	case err == nil, errors.Is(err, ErrNotFound):
		// Another program changed or removed the item, or this store forgets at a restart. Nobody can give
		// the session back: it takes a new login.
		c.log.Warn("Keyring item is gone or another one", "registry", u.String())
		c.signedOut(u, e.Fingerprint)
	default:
		e.lost = true
		c.log.Warn("Read keyring", "registry", u.String(), "error", err)
	}
}

func (c *core) keyringSaid(err error) {
	if err != nil && errors.Is(err, ErrNotFound) {
		err = nil
	}
	if !errors.Is(err, c.keyring.err) || (err == nil) != (c.keyring.err == nil) {
		c.keyring.err, c.dirty = err, true
	}
}
