package verdaccio

import (
	"net/http"

	"github.com/sandglass-dev/sandglass/internal/demo/order"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

// createToken makes an access token for an account that shows its password and its second factor.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	user := s.owner(w, r)
	if user == "" {
		return
	}
	refuse := func(status int, text string) { reply(w, status, map[string]string{"error": text}) }
	o, problem := order.Read(r.Body, s.now())
	switch {
	case problem != "":
		refuse(http.StatusBadRequest, problem)
		return
	case o.Password != Password(user):
		refuse(http.StatusUnauthorized, order.SaysPassword)
		return
	case !s.factorOfTokens(w, r, user):
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := 0
	for _, i := range s.issued {
		if i.user == user && !i.Classic && i.revoked.IsZero() {
			listed++
		}
	}
	if listed >= order.Limit {
		refuse(http.StatusBadRequest, order.SaysFull)
		return
	}
	i := s.issue(user, ordered(o))
	made := s.describe(i)
	made["token"], made["updated"] = i.value, nil
	delete(made, "readonly") // the list has it, and this has not
	reply(w, http.StatusCreated, made)
}

// ordered is the access token that an order asks for.
func ordered(o order.Order) AccessToken {
	return AccessToken{
		Name: o.Name, Description: o.Description, Ends: o.Ends, Bypass: o.Bypass, Addresses: o.Addresses,
		ReadOnly: !o.Writes(), Stage: o.Permission == access.StageOnly, NoPackages: o.Permission == access.NoAccess,
		Packages: o.Packages, Scopes: o.Scopes, All: o.All, Orgs: o.Orgs, OrgWrite: o.OrgPermission == access.ReadWrite,
	}
}

// order is what would have asked for an access token.
func (a AccessToken) order() order.Order {
	o := order.Order{Permission: access.ReadWrite, Packages: a.Packages, Scopes: a.Scopes, All: a.All, Orgs: a.Orgs, Addresses: a.Addresses}
	switch {
	case a.NoPackages:
		o.Permission = access.NoAccess
	case a.ReadOnly:
		o.Permission = access.ReadOnly
	}
	if len(a.Orgs) > 0 {
		o.OrgPermission = access.ReadOnly
	}
	if a.OrgWrite {
		o.OrgPermission = access.ReadWrite
	}
	return o
}
