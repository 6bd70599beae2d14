package agent

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// TestAccessTexts: whatever is said of an access token, or of an order for one, can be said in every language.
func TestAccessTexts(t *testing.T) {
	var keys []string
	for _, code := range []string{
		access.ProblemName, access.ProblemNameLong, access.ProblemNameShape, access.ProblemDays, access.ProblemDaysWrite, access.ProblemDaysLong,
		access.ProblemPackage, access.ProblemScope, access.ProblemOrg, access.ProblemReach, access.ProblemOrgs, access.ProblemAllPackages,
		access.ProblemAllScopes, access.ProblemNothing, access.ProblemNoReach, access.ProblemNoPermission, access.ProblemNoOrgs, access.ProblemNoOrgRight,
		access.ProblemPermission, access.ProblemOrgPermission, access.ProblemAddress, access.ProblemAddressSix, access.ProblemAddressAny,
		access.ProblemBypassReads, access.ProblemBypassStages, access.ProblemBypassEnds, access.ProblemBypassOver,
	} {
		keys = append(keys, "access.problem."+code)
	}
	for _, code := range []string{
		access.MarkClassic, access.MarkBypass, access.MarkAll, access.MarkWide, access.MarkUnused, access.MarkNotUsed, access.MarkEnds, access.MarkEnded,
		access.MarkRevoked, access.MarkLong, access.MarkNever, access.MarkAnyAddr,
	} {
		keys = append(keys, "access.mark."+code, "access.mark."+code+".text", "access.mark."+code+".hint")
	}
	for _, lang := range i18n.Languages {
		for _, key := range keys {
			if !i18n.New(lang).Has(key) {
				t.Errorf("%s: no text for %s", lang, key)
			}
		}
	}
}
