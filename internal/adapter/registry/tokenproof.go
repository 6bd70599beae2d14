package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// challenge is the error of a 401 that asks for a second factor, nil if it does not: a page, for whose address and
// polling address the rules of login pages hold, a code by e-mail, or digits. A wrong one is asked for again in the
// same way.
func challenge(reg registry.URL, a answer, said []finding.Sign) error {
	var page, done string
	if o, err := parseObject(a.body); err == nil {
		page, done = o.word("authUrl"), o.word("doneUrl")
	}
	switch {
	case page != "" && done != "":
		return pageChallenge(reg, page, done)
	case slices.Contains(said, finding.SignOTPMail):
		return &agent.Challenge{Way: agent.WayMail}
	case slices.Contains(said, finding.SignOTP), a.wantsOTP(), strings.Contains(strings.ToLower(a.words()), "invalid otp"):
		return &agent.Challenge{Way: agent.WayDigits}
	}
	return nil
}

func pageChallenge(reg registry.URL, page, done string) error {
	host, err := checkPage(reg, page)
	if err != nil {
		return fmt.Errorf("second factor's page: %w", err)
	}
	done, err = checkDone(reg, done)
	if err != nil {
		return fmt.Errorf("second factor's polling address: %w", err)
	}
	return &agent.Challenge{Way: agent.WayPage, Page: page, Host: host, Done: done}
}

// AwaitProof polls until the page of a second factor is completed, at the pace of AwaitLogin and with its errors, and
// returns the one-time password that came of it. No credential is sent along.
func (c *Client) AwaitProof(ctx context.Context, reg registry.URL, asked agent.Challenge) (token.Secret, error) {
	issued, err := c.awaitDone(ctx, waited{reg, asked.Done, "token"})
	if err != nil {
		return token.Secret{}, fmt.Errorf("poll second factor: %w", err)
	}
	return issued.Secret, nil
}
