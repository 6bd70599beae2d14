package registry

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// tokenRefusal sorts the answers to what is asked about access tokens, but for good ones. absent is the error of a
// registry that has no such endpoint.
func tokenRefusal(reg registry.URL, a answer, absent error) error {
	said := signs(a, true)
	no := a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
	switch {
	case no && slices.Contains(said, finding.SignRestricted):
		return fmt.Errorf("%w: only a session may do this, no access token (%d%s)", agent.ErrRefused, a.status, a.says())
	case a.status == http.StatusUnauthorized:
		return unauthorized(reg, a, said)
	case a.status == http.StatusForbidden:
		return denied{a.refused(agent.ErrForbidden)}
	case a.missing():
		return a.refused(absent)
	case a.busy():
		return a.refused(agent.ErrOffline)
	case a.redirect():
		return fmt.Errorf("%w: it sends what is asked about access tokens elsewhere (%d)", agent.ErrUnsafe, a.status)
	}
	return a.refused(agent.ErrBadAnswer)
}

// denied is an ErrForbidden that is ErrDenied, too.
type denied struct{ error }

func (d denied) Is(target error) bool { return target == agent.ErrDenied }

func (d denied) Unwrap() error { return d.error }

// unauthorized sorts a 401: a second factor is asked for, or the session is over.
func unauthorized(reg registry.URL, a answer, said []finding.Sign) error {
	if slices.Contains(said, finding.SignAddressRange) {
		return a.refused(agent.ErrRefused)
	}
	if err := challenge(reg, a, said); err != nil {
		return err
	}
	return a.refused(agent.ErrRefused)
}

// orders are the words for what is wrong with an order, in lower case, the more telling ones first. Those that name no
// field that a user fills in wrongly are left to be shown as they are.
var orders = []struct {
	words   string
	problem access.Problem
}{
	{"token name is required", access.Problem{Code: access.ProblemName, Field: "name"}},
	{"packages_and_scopes_permission", access.Problem{Code: access.ProblemPermission, Field: "permission"}},
	{"orgs_permission", access.Problem{Code: access.ProblemOrgPermission, Field: "org_permission"}},
	{"at least one package / scope or organization", access.Problem{Code: access.ProblemNothing, Field: "permission"}},
	{"at least one: package, scope or organization", access.Problem{Code: access.ProblemNothing, Field: "permission"}},
	{"at least one organization", access.Problem{Code: access.ProblemNoOrgs, Field: "orgs"}},
	{"at least one package or scope", access.Problem{Code: access.ProblemNoReach, Field: "packages"}},
	{"cannot have expiration longer than", access.Problem{Code: access.ProblemDaysWrite, Field: "days", Args: map[string]string{"Most": strconv.Itoa(access.LimitWriteDays)}}},
}

// orderRefused is the error of a registry that does not like an order: the field that it means, where its words are
// known, and the words. They say so too where it is the password.
func orderRefused(a answer) error {
	said := strings.ToLower(a.words())
	e := &agent.SpecError{Says: strings.TrimPrefix(a.says(), ": ")}
	for _, o := range orders {
		if strings.Contains(said, o.words) {
			e.Problem = o.problem
			e.Problem.Args = maps.Clone(o.problem.Args)
			return e
		}
	}
	if strings.Contains(said, "password") {
		return a.refused(agent.ErrDenied)
	}
	return e
}
