package registry

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const (
	maxPackage = 8 << 20 // bytes of a packument
	corgi      = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
)

// Package asks for a package with a credential, or as nobody where s is zero. With a credential it asks for the
// visibility too where the package was shown or missing, since only some may know it.
func (c *Client) Package(ctx context.Context, reg registry.URL, p agent.Package, s token.Secret) finding.Answer {
	name, ok := escapeName(p.Name)
	if !ok {
		return finding.Answer{}
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	out := c.packument(ctx, question{reg: reg, path: name, s: s, most: maxPackage}, p)
	if !s.IsZero() && (out.Outcome == finding.OutcomeOK || out.Outcome == finding.OutcomeMissing) {
		out.Private = c.private(ctx, question{reg: reg, path: "-/package/" + name + "/visibility", s: s}, p.Name)
	}
	return out
}

func (c *Client) packument(ctx context.Context, q question, p agent.Package) finding.Answer {
	k, refusal := c.prepare(q)
	if k == nil {
		return finding.Answer{Outcome: refusal.outcome, Signs: refusal.signs}
	}
	k.accept = corgi
	limited, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	res, err := c.send(limited, *k)
	if err != nil {
		a := failed(ctx, err)
		return finding.Answer{Outcome: a.outcome, Signs: a.signs}
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		body := &source{r: io.LimitReader(res.Body, maxPackage)}
		has, err := readPackument(body, p)
		if err == nil {
			return finding.Answer{Outcome: finding.OutcomeOK, Status: res.StatusCode, HasVersion: has}
		}
		a := asked{}
		if a.bad(); body.err != nil {
			a = failed(ctx, body.err)
		}
		return finding.Answer{Outcome: a.outcome, Status: res.StatusCode, Signs: a.signs}
	}
	a, err := k.read(ctx, res)
	if err != nil { // the status tells enough
		a = answer{status: res.StatusCode, header: res.Header}
	}
	out := judged(a, q)
	return finding.Answer{Outcome: out.outcome, Status: out.status, Signs: out.signs}
}

// private asks for a package's visibility: {"public":false}, or the form that npm prints, {"@acme/private":"private"}.
func (c *Client) private(ctx context.Context, q question, name string) finding.Known {
	a := c.ask(ctx, q)
	o, ok := a.object()
	if !ok {
		return finding.Unasked
	}
	switch string(o["public"]) {
	case "true":
		return finding.No
	case "false":
		return finding.Yes
	}
	switch text, _ := o.text(name); text {
	case "public":
		return finding.No
	case "private", "restricted":
		return finding.Yes
	}
	return finding.Unasked
}

// source remembers what broke a body, since a decoder does not tell it from its own complaints.
type source struct {
	r   io.Reader
	n   int64 // bytes read
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// exactVersion is what stands for one version; ranges and tags are others.
var exactVersion = regexp.MustCompile(`^[v=]*(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)$`)

var errNoPackument = errors.New("no packument")

// packument is what has been read of one.
type packument struct {
	want  string // the version that is looked for, "" for none
	named bool   // its name is the package's
	told  bool   // its versions have been read
	has   bool   // the version is among them
}

// readPackument reads a packument as far as it must: its name, and the keys of its versions. What is longer than the
// limit is still a packument if its name was there.
func readPackument(r *source, p agent.Package) (finding.Known, error) {
	k := &packument{}
	if m := exactVersion.FindStringSubmatch(p.Version); m != nil {
		k.want = m[1]
	}
	dec := json.NewDecoder(r)
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return finding.Unasked, errNoPackument
	}
	err := k.read(dec, p.Name)
	switch {
	case !k.named, err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return finding.Unasked, errNoPackument
	case err != nil && r.n < maxPackage:
		return finding.Unasked, errNoPackument // it was cut off, and not by the limit
	case k.want == "" || !k.told && !k.has:
		return finding.Unasked, nil
	}
	return yes(k.has), nil
}

func (k *packument) read(dec *json.Decoder, name string) error {
	for dec.More() && (!k.named || !k.told) {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "name":
			var value any
			if value, err = dec.Token(); err == nil && value != name {
				return errNoPackument
			}
			k.named = true
		case "versions":
			if err = eachKey(dec, func(version string) { k.has = k.has || version == k.want }); err == nil {
				k.told = true
			}
		default:
			err = skip(dec)
		}
		if err != nil {
			return err
		}
	}
	if k.named && k.told {
		return nil
	}
	_, err := dec.Token() // the end, or what cut it off
	return err
}

// eachKey calls f with each key of the object that follows, and passes over the values.
func eachKey(dec *json.Decoder, f func(string)) error {
	start, err := dec.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return errNoPackument
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		f(key.(string)) // an object's keys are strings, or Token had failed
		if err := skip(dec); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// skip passes over the value that follows, however deep, without keeping it.
func skip(dec *json.Decoder) error {
	for depth := 0; ; {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
