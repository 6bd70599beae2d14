package agent

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// dialect is how one kind of config file is read and edited.
type dialect struct {
	parse       func(src []byte) (said, error)
	set         func(src []byte, key, value string) ([]byte, error)
	remove      func(src []byte, key string) ([]byte, error)
	keys        func(u registry.URL) []string // the lines that carry a registry's credential
	placeholder func(name string) string
	layout      func(src []byte) npmrc.Template // what a login by others drops, zero if that cannot be brought back
	masked      func(src []byte) string         // the text for people, without secrets
}

// said is what a config file says.
type said struct {
	creds   []npmrc.Credential
	hidden  []npmrc.Credential // that do not count, and still hold something
	regs    []npmrc.ScopedRegistry
	helpers []npmrc.Helper
}

var ini = dialect{
	parse: func(src []byte) (said, error) {
		f := npmrc.Parse(src)
		return said{f.Credentials(), f.Hidden(), f.Registries(), f.Helpers()}, nil
	},
	set:         npmrc.Set,
	remove:      npmrc.Remove,
	keys:        func(u registry.URL) []string { return []string{u.Key() + ":_authToken"} },
	placeholder: func(name string) string { return "${" + name + "}" },
	layout:      npmrc.TemplateOf,
	masked:      func(src []byte) string { return npmrc.TemplateOf(src).Text(mask) },
}

var yaml = dialect{
	parse: func(src []byte) (said, error) {
		f, err := yarnrc.Parse(src)
		if err != nil {
			return said{}, err
		}
		return said{creds: f.Credentials(), regs: f.Registries()}, nil
	},
	set:         yarnrc.Set,
	remove:      yarnrc.Remove,
	keys:        func(u registry.URL) []string { return yarnrc.TokenKeys(u.Key()) },
	placeholder: yarnrc.Placeholder,
	layout:      func([]byte) npmrc.Template { return npmrc.Template{} },
	masked:      maskedYAML,
}

func dialectOf(level api.Level) dialect {
	if level == api.LevelYarn {
		return yaml
	}
	return ini
}

// mask stands for a secret in a diff.
const mask = "••••••••"

// maskedYAML hides the literals of a .yarnrc.yml wherever they stand in it. A file that cannot be read is
// not shown at all.
func maskedYAML(src []byte) string {
	f, err := yarnrc.Parse(src)
	if err != nil {
		return ""
	}
	text := string(src)
	for _, cred := range f.Credentials() {
		if cred.Literal {
			text = strings.ReplaceAll(text, cred.Value.Reveal(), mask)
		}
	}
	return npmrc.Redact(text) // what else looks like one: in comments, in addresses
}

// levels are the files that a plan's places mean.
var levels = map[injection.Place]api.Level{
	injection.PlaceUser: api.LevelUser, injection.PlacePnpm: api.LevelPnpm, injection.PlaceYarn: api.LevelYarn,
}

// fileOf is the user's file of a level, nil if it is not watched.
func (c *core) fileOf(level api.Level) *file {
	for _, w := range c.a.opts.Files {
		if w.Level == level {
			return c.files[w.Path]
		}
	}
	return nil
}

// editable reports whether f is a file of the user's that Sandglass may write lines to.
func (f *file) editable() bool {
	return f.level == api.LevelUser || f.level == api.LevelPnpm || f.level == api.LevelYarn
}
