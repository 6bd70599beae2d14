package effective

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// dialect is what a manager makes of lines in the grammar of .npmrc.
type dialect struct {
	book     book
	set      func(name string) bool
	optional bool     // ${NAME?} is known
	fallback bool     // ${NAME-text} is known
	bare     bool     // $NAME is known
	unset    state    // what a variable that is not set makes of a value
	wary     bool     // no placeholder of a project's is put in where a credential stands
	helpers  []Level  // whose tokenHelper lines are followed
	names    []string // of credentials, the one that counts first
	keys     func(scope string, u registry.URL) []string
	latest   bool           // of the names below one key, the one that was read last counts
	apart    bool           // of the lines below one key, only those of the first file that has any count
	first    map[string]int // the rank of that file, by key
}

// names of credentials as most managers take them.
var names = []string{"_authToken", "_auth", "_password"}

// find lists the lines that could give a credential to a registry, the one that counts first, and behind them
// those that give none.
func (d *dialect) find(scope string, u registry.URL) []claim {
	var live, rest []claim
	for _, key := range d.keys(scope, u) {
		for _, name := range d.order(key) {
			a, b := d.claims(key, name)
			live, rest = append(live, a...), append(rest, b...)
		}
	}
	return append(live, rest...)
}

// claims are the lines of one key.
func (d *dialect) claims(key, name string) (live, rest []claim) {
	for _, l := range d.lines(key, name) {
		if name == "tokenHelper" {
			if slices.Contains(d.helpers, l.file.Level) && l.value != "" {
				live = append(live, claim{source: SourceHelper, key: l.name(), place: l.place()})
			}
			continue
		}
		v := d.value(l)
		c := v.claim(l)
		switch {
		case v.state == dropped || d.wary && foreign(l.file.Level) && v.variable != "":
			c.source = SourceIgnored
			rest = append(rest, c)
		case v.state == empty:
			if v.variable != "" {
				rest = append(rest, c)
			}
			if len(live) == 0 {
				return live, rest // it stands before what is said elsewhere, and says nothing
			}
		case name != "_password" || d.named(key):
			live = append(live, c)
		}
	}
	return live, rest
}

// named reports whether there is a user's name beside a password.
func (d *dialect) named(key string) bool {
	for _, l := range d.lines(key, "username") {
		if v := d.value(l); v.state != dropped {
			return v.state != empty
		}
	}
	return false
}

// order lists the names as they count below one key.
func (d *dialect) order(key string) []string {
	if !d.latest {
		return d.names
	}
	since := func(name string) int {
		if name == "_password" {
			name = "username" // which brings it in
		}
		lines := d.book[joined(key, name)]
		switch {
		case len(lines) == 0:
			return 0
		case name == "tokenHelper":
			return math.MaxInt
		}
		return lines[len(lines)-1].rank
	}
	order := slices.Clone(d.names)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(since(b), since(a)) })
	return order
}

// lines are those of one key and name that may count.
func (d *dialect) lines(key, name string) []line {
	lines := d.book[joined(key, name)]
	if !d.apart || len(lines) == 0 {
		return lines
	}
	if d.first == nil {
		d.first = map[string]int{}
		for other, list := range d.book {
			below := strings.TrimSuffix(other, ":"+splitName(other))
			d.first[below] = max(d.first[below], list[0].rank>>32)
		}
	}
	return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.rank>>32 < d.first[key] })
}

func joined(key, name string) string {
	if key == "" {
		return name
	}
	return key + ":" + name
}

// climb lists the keys of a registry, from its whole path up to its host, each with its last slash and, where
// both are read, without.
func climb(u registry.URL, both bool) (keys []string) {
	for key := u.Key(); len(key) > len("//"); key = key[:strings.LastIndexByte(key[:len(key)-1], '/')+1] {
		keys = append(keys, key)
		if both {
			keys = append(keys, strings.TrimSuffix(key, "/"))
		}
	}
	return keys
}

// scopeOf reports whether a key names a registry, and for which scope.
func scopeOf(key string) (scope string, ok bool) {
	if key == "registry" {
		return "", true
	}
	scope, ok = strings.CutSuffix(key, ":registry")
	return scope, ok && strings.HasPrefix(scope, "@")
}

// splitName is what stands behind the last colon of a key.
func splitName(key string) string { return key[strings.LastIndexByte(key, ':')+1:] }
