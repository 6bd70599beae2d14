package agent

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// fakeQuestions is a registry that hides its packages from those whom it does not know.
type fakeQuestions struct {
	w     *world
	asked []string
}

func (f *fakeQuestions) note(reg registry.URL) {
	f.w.set(func() { f.asked = append(f.asked, reg.String()) })
}

func (f *fakeQuestions) knows(s token.Secret) (ok bool) {
	f.w.set(func() { ok = f.w.Now().Before(f.w.issued[s.Reveal()]) })
	return ok
}

func (f *fakeQuestions) Account(_ context.Context, reg registry.URL, s token.Secret) finding.Answer {
	if f.note(reg); f.knows(s) {
		return finding.Answer{Outcome: finding.OutcomeOK, Status: 200, Name: "alice"}
	}
	return finding.Answer{Outcome: finding.OutcomeRefused, Status: 401}
}

func (f *fakeQuestions) Package(_ context.Context, reg registry.URL, _ Package, s token.Secret) finding.Answer {
	if f.note(reg); f.knows(s) {
		return finding.Answer{Outcome: finding.OutcomeOK, Status: 200}
	}
	return finding.Answer{Outcome: finding.OutcomeMissing, Status: 404}
}

func (f *fakeQuestions) Org(context.Context, registry.URL, Member) finding.Org { return finding.Org{} }

func (f *fakeQuestions) Token(context.Context, registry.URL, TokenQuestion) finding.Token {
	return finding.Token{}
}

// fakeLogs is a folder with one log.
type fakeLogs struct {
	w    *world
	path string
	text string
}

func (f *fakeLogs) Dir() string { return "/home/u/.npm/_logs" }
func (f *fakeLogs) Newest(context.Context) (path string, text []byte, err error) {
	f.w.set(func() { path, text = f.path, []byte(f.text) })
	if path == "" {
		return "", nil, ErrNotFound
	}
	return path, text, nil
}

// failedLog is what npm writes when a package is not shown.
func failedLog(registry, cwd string) string {
	return "0 verbose cli /usr/bin/node /usr/bin/npm\n1 info using npm@12.2.0\n2 verbose argv \"install\"\n" +
		"3 http fetch GET 404 " + registry + "@acme%2fui 5ms (cache skip)\n4 verbose stack HttpErrorGeneral: 404 Not Found - GET " + registry + "@acme%2fui - Not found\n" +
		"5 verbose statusCode 404\n6 verbose pkgid @acme/ui@1.0.0\n7 error code E404\n8 error 404 Not Found - GET " + registry + "@acme%2fui - Not found\n" +
		"9 error 404  The requested resource '@acme/ui@1.0.0' could not be found or you do not have permission to access it.\n10 verbose cwd " + cwd + "\n"
}

const logOver = "11 verbose exit 1\n12 verbose code 1\n"

// explanations are the notices about failures among these.
func explanations(all []Notice) []Notice {
	return slices.DeleteFunc(slices.Clone(all), func(n Notice) bool { return n.ID != noticeExplain })
}

// TestExplainsFailures: where the user wants it, a failed npm in a watched project is explained once its log is whole. A
// log from elsewhere, one about a registry that the user does not have, and one that was told already are not.
func TestExplainsFailures(t *testing.T) {
	for _, c := range []struct {
		name, registry, cwd string
		explain             bool
		want                int
	}{
		{"in a watched project", reg.String(), "/home/u/src/shop/packages/ui", true, 1},
		{"not wanted", reg.String(), "/home/u/src/shop", false, 0},
		{"elsewhere", reg.String(), "/home/u/src/shopping", true, 0},
		{"somebody's registry", "https://evil.example.com/", "/home/u/src/shop", true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.settings.Move, w.settings.Explain, w.settings.Projects = true, c.explain, []string{"/home/u/src/shop"}
				w.files[userRC] = placeholderFile
				first, stop := w.run(t)
				stop()
				questions, logs := &fakeQuestions{w: w}, &fakeLogs{w: w}
				ports := first.ports
				ports.Questions, ports.Logs = questions, logs
				a := New(ports, first.opts)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				go func() { _ = a.Run(ctx) }()
				synctest.Wait()
				if slices.Contains(w.tracks(), logs.Dir()+"/") != c.explain {
					t.Fatalf("watched: %v", w.tracks())
				}
				if !c.explain {
					return
				}
				session := w.issue()
				w.save(userRC, rewritten(session))
				<-time.After(time.Minute)
				w.set(func() { w.issued[session] = w.Now() }) // an administrator has ended it
				before := len(w.shown())
				stir := func(path, text string) {
					w.set(func() { logs.path, logs.text = path, text })
					w.changes <- []string{logs.Dir() + "/"}
					synctest.Wait()
				}
				stir("/home/u/.npm/_logs/1.log", failedLog(c.registry, c.cwd))
				<-time.After(time.Minute)
				if n := w.shown(); len(n) != before {
					t.Fatalf("told before the run was over: %+v", n)
				}
				stir("/home/u/.npm/_logs/1.log", failedLog(c.registry, c.cwd)+logOver)
				<-time.After(time.Minute)
				stir("/home/u/.npm/_logs/1.log", failedLog(c.registry, c.cwd)+logOver) // another log was cleaned up
				<-time.After(time.Minute)
				explained := explanations(w.shown()[before:])
				if len(explained) != c.want {
					t.Fatalf("%d notices: %+v", len(explained), explained)
				}
				for _, asked := range questions.asked {
					if asked != reg.String() {
						t.Errorf("%s was asked", asked)
					}
				}
				if c.want == 0 {
					return
				}
				n := explained[0]
				if !strings.Contains(n.Body, "ui: ") || len(n.Buttons) != 2 || n.Buttons[0].Key != buttonRenew || strings.Contains(n.Title+n.Body, "<no value>") {
					t.Errorf("%+v", n)
				}
				w.press <- Pressed{ID: noticeExplain, Key: buttonRenew}
				synctest.Wait()
				if s := snapshot(t, a).Sessions[0]; s.Login == nil || s.Login.State != api.LoginWaiting {
					t.Errorf("the button logs in: %+v", s.Login)
				}
			})
		})
	}
}
