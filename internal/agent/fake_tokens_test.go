package agent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// fakeTokens is the registry's list of access tokens. All fields are the world's lock's.
type fakeTokens struct {
	*world
	lists   map[registry.URL][]access.Token
	secrets map[string]string // of those that Create made, by id
	calls   []string          // "list", "create <name>", "revoke <id>", "proof", "reads <package>", in order
	refused map[string]bool   // secrets (texts) that no longer read, beside those that the registry has forgotten
	proof   chan string       // one value completes one page for a second factor: it is the one-time password
	// fault is asked before anything is done, late after: the answer is its error, if there is one. Both run without the lock.
	fault func(call string, otp token.Secret) error
	late  func(call string) error
}

// withTokens gives the world a registry that lists access tokens.
func (w *world) withTokens(all ...access.Token) *fakeTokens {
	w.tokens = &fakeTokens{world: w, lists: map[registry.URL][]access.Token{reg: all}, secrets: map[string]string{}, refused: map[string]bool{}, proof: make(chan string, 8)}
	return w.tokens
}

// granular is an access token as a list tells it. The number makes id and masked form.
func granular(n int, name string, ends time.Time) access.Token {
	return access.Token{
		ID: fakeTokenID(n), Name: name, Masked: fmt.Sprintf("npm_%04d…%04d", n%10000, n%10000), Kind: access.Granular, Permission: access.ReadOnly,
		Scopes: []string{"@acme"}, Created: time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC), Used: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), Ends: ends,
	}
}

func fakeTokenID(n int) string {
	return fmt.Sprintf("%08x-1111-4222-8333-%012x", uint32(n)*2654435761, n) // ids do not begin alike
}

// begin notes a call and says what is wrong with it, if anything.
func (f *fakeTokens) begin(call, what string, otp token.Secret) error {
	f.mu.Lock()
	name := call
	if what != "" {
		name += " " + what
	}
	f.calls = append(f.calls, name)
	fault, offline := f.fault, f.offline
	f.mu.Unlock()
	if offline {
		return ErrOffline
	}
	if fault != nil {
		return fault(call, otp)
	}
	return nil
}

// over is the answer of a call that did its work.
func (f *fakeTokens) over(call string) error {
	f.mu.Lock()
	late := f.late
	f.mu.Unlock()
	if late != nil {
		return late(call)
	}
	return nil
}

// takes reports whether a session is alive.
func (f *fakeTokens) takes(session token.Secret) error {
	if end, ok := f.issued[session.Reveal()]; !ok || !time.Now().Before(end) {
		return ErrRefused
	}
	return nil
}

func (f *fakeTokens) List(ctx context.Context, u registry.URL, session token.Secret) ([]access.Token, error) {
	if err := f.begin("list", "", token.Secret{}); err != nil {
		return nil, err
	}
	f.mu.Lock()
	all, there := f.lists[u]
	all, err := slices.Clone(all), f.takes(session)
	f.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, ErrNoTokens
	}
	return all, f.over("list")
}

func (f *fakeTokens) Create(_ context.Context, o CreateOrder) (Created, error) {
	if err := f.begin("create", o.Spec.Name, o.OTP); err != nil {
		return Created{}, err
	}
	f.mu.Lock()
	if err := f.takes(o.Session); err != nil {
		f.mu.Unlock()
		return Created{}, err
	}
	entropy := fmt.Sprintf("M%029d", len(f.secrets))
	s := "npm_" + entropy + token.Checksum(entropy)
	now := f.Now()
	t := access.Token{
		ID: fakeTokenID(9000 + len(f.secrets)), Name: o.Spec.Name, Description: o.Spec.Description, Masked: access.Masked(token.NewSecret(s)), Kind: access.Granular,
		Packages: o.Spec.Packages, Scopes: o.Spec.Scopes, Orgs: o.Spec.Orgs, All: o.Spec.All, Permission: o.Spec.Permission, OrgPermission: o.Spec.OrgPermission,
		Bypass: o.Spec.Bypass, Addresses: o.Spec.Addresses, Created: now, Updated: now,
	}
	if o.Spec.Days > 0 {
		t.Ends = now.AddDate(0, 0, o.Spec.Days)
	}
	f.secrets[t.ID], f.issued[s] = s, now.AddDate(10, 0, 0)
	f.lists[o.Registry] = append(f.lists[o.Registry], t)
	f.mu.Unlock()
	return Created{Secret: token.NewSecret(s), Token: t, Date: now}, f.over("create")
}

func (f *fakeTokens) Revoke(_ context.Context, o RevokeOrder) error {
	if err := f.begin("revoke", o.ID, o.OTP); err != nil {
		return err
	}
	f.mu.Lock()
	err := f.takes(o.Session)
	if err == nil {
		list := f.lists[o.Registry]
		i := slices.IndexFunc(list, func(t access.Token) bool { return t.ID == o.ID })
		if i < 0 {
			err = ErrNotFound
		} else {
			f.lists[o.Registry] = slices.Delete(slices.Clone(list), i, i+1)
			delete(f.issued, f.secrets[o.ID])
		}
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.over("revoke")
}

func (f *fakeTokens) AwaitProof(ctx context.Context, _ registry.URL, _ Challenge) (token.Secret, error) {
	if err := f.begin("proof", "", token.Secret{}); err != nil {
		return token.Secret{}, err
	}
	select {
	case otp := <-f.proof:
		return token.NewSecret(otp), f.over("proof")
	case <-ctx.Done():
		return token.Secret{}, ctx.Err()
	case <-time.After(10 * time.Minute):
		return token.Secret{}, ErrLoginGone
	}
}

func (f *fakeTokens) CreateDraft(o CreateOrder) api.Draft {
	return api.Draft{Method: "POST", URL: o.Registry.String() + "-/npm/v1/tokens", Header: []string{"Authorization: Bearer [session]"}, Body: o.Spec.Name}
}

func (f *fakeTokens) RevokeDraft(o RevokeOrder) api.Draft {
	return api.Draft{Method: "DELETE", URL: o.Registry.String() + "-/npm/v1/tokens/token/" + o.ID, Header: []string{"Authorization: Bearer [session]"}}
}

func (f *fakeTokens) Reads(_ context.Context, _ registry.URL, name string, s token.Secret) error {
	if err := f.begin("reads", name, token.Secret{}); err != nil {
		return err
	}
	f.mu.Lock()
	_, alive := f.issued[s.Reveal()]
	refused := f.refused[s.Reveal()]
	f.mu.Unlock()
	if !alive || refused {
		return ErrRefused
	}
	return f.over("reads")
}

// called counts the calls that begin so.
func (f *fakeTokens) called(call string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if len(c) >= len(call) && c[:len(call)] == call {
			n++
		}
	}
	return n
}
