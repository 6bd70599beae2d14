// Package i18n gives every text that a user reads, in English or Japanese. The catalogues lie in
// assets/translations, one pair of files a room, and are read when the first text is asked for:
// commands that print only data never pay for them.
//
// A Printer is safe for concurrent use. A missing text shows as its key and fails the package's tests.
package i18n

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/sandglass-dev/sandglass/assets"
)

// The languages, English first: it stands in where a language is not known.
const (
	English  = "en"
	Japanese = "ja"
)

// Languages lists them.
var Languages = []string{English, Japanese}

// Args fill the {{.Name}} places of a text.
type Args map[string]any

// Printer speaks one language.
type Printer struct{ lang string }

// New returns a Printer for a language tag such as "ja"; "" follows the system.
func New(lang string) *Printer {
	if lang == "" {
		lang = System()
	}
	if lang != Japanese {
		lang = English
	}
	return &Printer{lang}
}

// System is the language that the environment asks for, by the rules of POSIX: the first of LC_ALL,
// LC_MESSAGES and LANG that is set.
func System() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), Japanese) {
				return Japanese
			}
			return English
		}
	}
	return systemLanguage()
}

// Language is the tag of p's language.
func (p *Printer) Language() string { return p.lang }

// T returns the text of key.
func (p *Printer) T(key string, args ...Args) string {
	return p.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: first(args)})
}

// N returns the text of key in the plural form for n, which the text may name as {{.N}}.
func (p *Printer) N(key string, n int, args ...Args) string {
	data := Args{"N": n}
	for k, v := range first(args) {
		data[k] = v
	}
	return p.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: n})
}

// Has reports whether key has a text.
func (p *Printer) Has(key string) bool {
	_, err := localizer(p.lang, key).Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: Args{}})
	return err == nil
}

func (p *Printer) localize(c *i18n.LocalizeConfig) string {
	s, err := localizer(p.lang, c.MessageID).Localize(c)
	if err != nil && s == "" {
		return c.MessageID
	}
	return s
}

func first(args []Args) Args {
	if len(args) == 0 {
		return Args{}
	}
	return args[0]
}

// Left says how long d is in words, coarser the longer: "3 days", "1 h 12 min", "9 min", "42 s".
// Seconds round up, so that "0 s" never stands while something is still alive.
func (p *Printer) Left(d time.Duration) string {
	switch {
	case d <= 0:
		return p.T("unit.left.over")
	case d <= time.Minute:
		return p.T("unit.left.seconds", Args{"S": int((d + time.Second - 1) / time.Second)})
	case d < time.Hour:
		return p.T("unit.left.minutes", Args{"M": int(d / time.Minute)})
	case d < 48*time.Hour:
		return p.T("unit.left.hours", Args{"H": int(d / time.Hour), "M": int(d % time.Hour / time.Minute)})
	}
	return p.N("unit.left.days", int(d/(24*time.Hour)))
}

// Clock says when t is, seen from now: the time alone on the same day, else with its date, and with its year where
// that is not plain.
func (p *Printer) Clock(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	at := t.Format(p.T("unit.clock.layout.time"))
	if t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return p.T("unit.clock.today", Args{"Time": at})
	}
	date := "unit.clock.layout.date"
	if off := t.Sub(now); t.Year() != now.Year() && (off > 90*24*time.Hour || off < 0) {
		date = "unit.clock.layout.year"
	}
	return p.T("unit.clock.day", Args{"Date": t.Format(p.T(date)), "Time": at})
}

// localizers are the catalogues that were read, by language and room: reading all of them takes
// longer than most commands run. Keys begin with their room.
var localizers sync.Map // [2]string -> func() *i18n.Localizer

func localizer(lang, key string) *i18n.Localizer {
	room, _, _ := strings.Cut(key, ".")
	read, _ := localizers.LoadOrStore([2]string{lang, room}, sync.OnceValue(func() *i18n.Localizer {
		bundle := i18n.NewBundle(language.English)
		bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
		// A catalogue that cannot be read fails the tests, not the user.
		_, _ = bundle.LoadMessageFileFS(assets.Translations, "translations/"+room+"."+lang+".json")
		return i18n.NewLocalizer(bundle, lang)
	}))
	return read.(func() *i18n.Localizer)()
}
