package i18n

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/assets"
)

// catalogue reads one file as key -> all its texts, joined.
func catalogue(t *testing.T, file string) map[string]string {
	t.Helper()
	raw, err := assets.Translations.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var in map[string]any
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	out := map[string]string{}
	for k, v := range in {
		switch v := v.(type) {
		case string:
			out[k] = v
		case map[string]any:
			for _, form := range v {
				out[k] += form.(string) + "\n"
			}
		default:
			t.Errorf("%s: %s is neither a text nor plural forms", file, k)
		}
	}
	return out
}

var place = regexp.MustCompile(`\{\{\.\w+\}\}`)

// TestCatalogues: both languages have every text, with the same places to fill, and no text is empty.
func TestCatalogues(t *testing.T) {
	files, _ := fs.Glob(assets.Translations, "translations/*.en.json")
	if len(files) == 0 {
		t.Fatal("no catalogues")
	}
	for _, en := range files {
		room, _, _ := strings.Cut(path.Base(en), ".")
		english, japanese := catalogue(t, en), catalogue(t, strings.Replace(en, ".en.", ".ja.", 1))
		for key, text := range english {
			other, ok := japanese[key]
			switch {
			case !ok:
				t.Errorf("%s has no Japanese text", key)
			case strings.TrimSpace(text) == "" || strings.TrimSpace(other) == "":
				t.Errorf("%s is empty", key)
			case !slices.Equal(places(text), places(other)):
				t.Errorf("%s: places %v in English, %v in Japanese", key, places(text), places(other))
			}
			if !strings.HasPrefix(key, room+".") {
				t.Errorf("%s stands in the catalogue of room %s", key, room)
			}
			for _, l := range Languages {
				if !New(l).Has(key) {
					t.Errorf("%s cannot be rendered in %s", key, l)
				}
			}
		}
		for key := range japanese {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has no English text", key)
			}
		}
	}
}

func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestLeft(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		en, ja string
	}{
		{-time.Second, "over", "終了"},
		{200 * time.Millisecond, "1 s", "1 秒"},
		{59 * time.Second, "59 s", "59 秒"},
		{9*time.Minute + 59*time.Second, "9 min", "9 分"},
		{72 * time.Minute, "1 h 12 min", "1 時間 12 分"},
		{49 * time.Hour, "2 days", "2 日"},
	} {
		if got := New("en").Left(c.d); got != c.en {
			t.Errorf("Left(%v) = %q, want %q", c.d, got, c.en)
		}
		if got := New("ja").Left(c.d); got != c.ja {
			t.Errorf("Left(%v) in Japanese = %q, want %q", c.d, got, c.ja)
		}
	}
}

func TestSystem(t *testing.T) {
	for _, c := range []struct{ all, lang, want string }{
		{"", "ja_JP.UTF-8", Japanese}, {"C.UTF-8", "ja_JP.UTF-8", English}, {"ja_JP", "en_US", Japanese}, {"", "C.UTF-8", English},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", c.lang)
		if got := System(); got != c.want {
			t.Errorf("LC_ALL=%q LANG=%q: %q, want %q", c.all, c.lang, got, c.want)
		}
	}
}

func TestMissingTextShowsItsKey(t *testing.T) {
	if got := New("en").T("no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local)
	for _, c := range []struct {
		at     time.Time
		en, ja string
	}{
		{now.Add(2 * time.Hour), "14:00", "14:00"},
		{now.AddDate(0, 0, 12), "Thu 3 Dec 12:00", "12月3日 12:00"},
		{now.AddDate(0, 0, 61), "Thu 21 Jan 12:00", "1月21日 12:00"},
		{now.AddDate(0, 0, 416), "Tue 11 Jan 2028 12:00", "2028年1月11日 12:00"},
		{now.AddDate(-1, 0, 0), "Fri 21 Nov 2025 12:00", "2025年11月21日 12:00"},
	} {
		if got := New("en").Clock(c.at, now); got != c.en {
			t.Errorf("%v: %q, want %q", c.at, got, c.en)
		}
		if got := New("ja").Clock(c.at, now); got != c.ja {
			t.Errorf("%v in Japanese: %q, want %q", c.at, got, c.ja)
		}
	}
}
