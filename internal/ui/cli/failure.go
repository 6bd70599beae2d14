package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// misuse is a command line that makes no sense. Its text is "cli.usage.<key>".
type misuse struct {
	key  string
	args i18n.Args
}

func (e *misuse) Error() string { return "usage: " + e.key }

// status is an exit code with nothing left to say, such as that of the child of exec.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// exitCode is the one place where failures become numbers. They are part of the interface: scripts test them.
func exitCode(err error) int {
	var own status
	var wrong *misuse
	var e *api.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &own):
		return int(own)
	case errors.As(err, &wrong):
		return 2
	case errors.Is(err, context.Canceled):
		return 4
	case !errors.As(err, &e):
		return 1
	}
	switch e.Code {
	case api.CodeUsage, api.CodeURL, api.CodeUnknown, api.CodeFolder, api.CodeWhole,
		api.CodeNoToken, api.CodeSpec, api.CodeNoKept, api.CodeNoJob:
		return 2
	case api.CodeEnded, api.CodeNone:
		return 3
	case api.CodeCancelled, api.CodeDenied, api.CodeOTP, api.CodePassword, api.CodeInUse:
		return 4
	case api.CodeNetwork, api.CodeNoWebLogin, api.CodeLoginExpire, api.CodeBadAnswer, api.CodeNoTokens:
		return 5
	case api.CodeKeyring, api.CodePassphrase:
		return 6
	case api.CodeUnsafe:
		return 7
	case api.CodePartly:
		return 8
	}
	return 1
}

// finish tells what went wrong, and what to do, and returns the exit code.
func (a *app) finish(err error) int {
	code := exitCode(err)
	var own status
	if err == nil || errors.As(err, &own) {
		return code
	}
	a.tell(err)
	return code
}

// tell says what went wrong, and what to do.
func (a *app) tell(err error) {
	what, hint, cause := a.explain(err)
	st := a.style(a.Stderr)
	a.say("%s %s\n", st.paint(red, a.t("error")), clean(what))
	if hint != "" {
		a.say("%s %s\n", st.paint(bold, a.t("hint")), clean(hint))
	}
	if cause != "" {
		a.say("%s\n", st.paint(dim, "("+clean(cause)+")"))
	}
}

// explain finds the words for an error: what is wrong, what to do, and the technical cause.
func (a *app) explain(err error) (what, hint, cause string) {
	var wrong *misuse
	var e *api.Error
	switch {
	case errors.As(err, &wrong):
		return a.t("usage."+wrong.key, wrong.args), a.t("usage.hint"), ""
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled):
		e = &api.Error{Code: api.CodeCancelled}
	default:
		e = &api.Error{Code: api.CodeInternal, Cause: err.Error()}
	}
	key, args := "error."+e.Code, places(e.Args)
	if !a.p().Has(key) {
		return a.p().T("error." + api.CodeInternal), a.p().T("error." + api.CodeInternal + ".hint"), e.Error()
	}
	return a.p().T(key, args), a.p().T(key+".hint", args), e.Cause
}

// places fills every place that a text of an error or a finding may have: an agent of another version
// may tell less than the text asks for.
func places(in map[string]string) i18n.Args {
	out := i18n.Args{}
	for _, name := range []string{"Registry", "URL", "File", "Line", "Key", "Variable", "Dir", "Cause", "Offset", "Code"} {
		out[name] = ""
	}
	for k, v := range in {
		out[k] = strings.TrimSpace(v)
	}
	return out
}

// say talks to the person, never to the script.
func (a *app) say(format string, args ...any) { fmt.Fprintf(a.Stderr, format, args...) }
