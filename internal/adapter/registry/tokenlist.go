package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const (
	tokensPath  = "-/npm/v1/tokens"
	firstPage   = "page=0&perPage=100"
	listLimit   = 2 * time.Minute // all pages of a list
	maxListPage = 8 << 20         // bytes of one, since not every registry keeps to perPage
	maxPaged    = 1000            // pages
	maxListed   = 20_000          // access tokens; npm's public registry allows 1,000
)

var _ agent.AccessTokens = (*Client)(nil)

// List reads all pages of the list, or fails: a part of a list looks like a whole one. An entry that names itself by
// neither id nor masked form is left out; an odd field of an entry is taken as not told. ErrBadAnswer: a page is no
// list, or there is no end to it.
func (c *Client) List(ctx context.Context, reg registry.URL, session token.Secret) ([]access.Token, error) {
	limited, cancel := context.WithTimeout(ctx, listLimit)
	defer cancel()
	all, err := c.list(limited, reg, session)
	switch {
	case err == nil:
		return all, nil
	case limited.Err() != nil && ctx.Err() == nil:
		err = fmt.Errorf("%w: the whole list took longer than %s", agent.ErrOffline, listLimit)
	}
	return nil, fmt.Errorf("list access tokens: %w", err)
}

func (c *Client) list(ctx context.Context, reg registry.URL, session token.Secret) ([]access.Token, error) {
	if err := sendable(reg, session); err != nil {
		return nil, err
	}
	l := listing{all: []access.Token{}, known: map[string]bool{}}
	asked := map[string]bool{}
	for query := firstPage; query != ""; {
		if asked[query] || len(asked) == maxPaged || len(l.all) > maxListed {
			return nil, fmt.Errorf("%w: its list of access tokens has no end", agent.ErrBadAnswer)
		}
		asked[query] = true
		next, err := c.listPage(ctx, &l, reg, call{url: reg.String() + tokensPath + "?" + query, bearer: session})
		if err != nil {
			return nil, err
		}
		if next == query { // some name the last page as the next one
			break
		}
		query = next
	}
	return l.all, nil
}

// listPage reads one page into l and returns the query of the next, "" for none.
func (c *Client) listPage(ctx context.Context, l *listing, reg registry.URL, k call) (next string, err error) {
	k.method, k.command, k.most, k.limit = http.MethodGet, "token", maxListPage, c.request
	a, err := c.do(ctx, k)
	switch {
	case err != nil:
		return "", err
	case a.status != http.StatusOK:
		return "", tokenRefusal(reg, a, agent.ErrNoTokens)
	}
	o, err := parseObject(a.body)
	if err != nil {
		return "", err
	}
	entries, next, ok := pageOf(o)
	if !ok {
		return "", fmt.Errorf("%w: it is no page of a list", agent.ErrBadAnswer)
	}
	l.add(entries, a.entries(reg))
	return next, nil
}

// listing is what has been read of a list.
type listing struct {
	all   []access.Token
	known map[string]bool // by id, or by masked form: the list can grow between two pages, so that one stands on both
}

func (l *listing) add(entries []json.RawMessage, r entryReader) {
	for _, raw := range entries {
		var e object // a doubled key is an odd field
		if json.Unmarshal(raw, &e) != nil {
			continue
		}
		t := r.token(e)
		name := t.ID
		if name == "" {
			name = t.Masked
		}
		if name != "" && !l.known[name] {
			l.known[name] = true
			l.all = append(l.all, t)
		}
	}
}

// pageOf takes a page apart. next is the query of the page behind it, "" for none: the registry's own address
// stays, wherever the page points.
func pageOf(o object) (entries []json.RawMessage, next string, ok bool) {
	if json.Unmarshal(o["objects"], &entries) != nil || entries == nil {
		return nil, "", false
	}
	var urls object
	if json.Unmarshal(o["urls"], &urls) != nil {
		return entries, "", true
	}
	address, fine := urls.text("next")
	u, err := url.Parse(address)
	if !fine || err != nil || len(address) > maxAddress {
		return nil, "", false
	}
	return entries, u.Query().Encode(), true
}
