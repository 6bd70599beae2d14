package access

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// unfold reads the lines of a calendar back, as RFC 5545 has them.
func unfold(t *testing.T, raw []byte) []string {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Errorf("a line of %d octets, or a broken one: %q", len(line), line)
		}
	}
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("the last line does not end")
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(raw), "\r\n ", ""), "\r\n"), "\r\n")
}

func unescape(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(text)
}

func TestCalendar(t *testing.T) {
	ends := time.Date(2027, time.January, 3, 9, 30, 15, 0, time.FixedZone("", 9*3600))
	long := "日本語の長い名前、アクセストークン; 期限, \\ です " + strings.Repeat("語", 60)
	e := Event{Registry: "https://registry.example.com/", ID: "1", Ends: ends, Summary: long, Description: "npm_aBcD…7890\nRotate it"}
	raw := Calendar([]Event{e, {ID: "2", Summary: "never ends"}}, today)
	lines := unfold(t, raw)
	value := func(name string) (all []string) {
		for _, l := range lines {
			if rest, ok := strings.CutPrefix(l, name+":"); ok {
				all = append(all, rest)
			}
		}
		return all
	}
	for name, want := range map[string]string{
		"BEGIN": "VCALENDAR VEVENT VALARM VALARM VALARM", "VERSION": "2.0", "DTSTAMP": "20261121T120000Z", "DTSTART": "20270103T003015Z",
		"TRIGGER": "-P14D -P7D -P1D", "ACTION": "DISPLAY DISPLAY DISPLAY", "TRANSP": "TRANSPARENT",
	} {
		if got := strings.Join(value(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := unescape(value("SUMMARY")[0]); got != long {
		t.Errorf("the name became %q", got)
	}
	if got := value("DESCRIPTION")[0]; got != `npm_aBcD…7890\nRotate it` {
		t.Errorf("the description became %q", got)
	}
	again := Calendar([]Event{{Registry: e.Registry, ID: "1", Ends: ends.AddDate(0, 1, 0), Summary: "renamed"}}, today.AddDate(0, 0, 1))
	uid := "UID:" + value("UID")[0]
	if !strings.Contains(string(again), uid+"\r\n") {
		t.Error("the UID changed with name and end")
	}
	if other := Calendar([]Event{{Registry: "https://other.example.com/", ID: "1", Ends: ends, Summary: "x"}}, today); strings.Contains(string(other), uid) {
		t.Error("two registries' access tokens have one UID")
	}
}

// TestExportsDefuseNames: names are the account's, or a stranger's in an organisation. They start no formula, no line and
// no column, and turn nothing around.
func TestExportsDefuseNames(t *testing.T) {
	for name, want := range map[string]string{
		"=HYPERLINK(\"https://x.example.com\")": "'=HYPERLINK(\"https://x.example.com\")", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'=1", "\r\n=1": "'=1",
		"＝1": "'＝1", "a\u202eb\u0007\u200b": "ab", "a\r\nX-EVIL:1": "a  X-EVIL:1", "fine, \"really\"; yes": "fine, \"really\"; yes", "日本語\u3000名": "日本語 名", "\xff": "\uFFFD",
	} {
		row := Row{Registry: "https://registry.example.com/", Token: Token{ID: "1", Name: name, Scopes: []string{"@acme", "@b"}, Ends: today}}
		records, err := csv.NewReader(bytes.NewReader(CSV([]Row{row}))).ReadAll()
		if err != nil || len(records) != 2 || len(records[1]) != len(columns) {
			t.Fatalf("%q: %v, %v", name, records, err)
		}
		if got := records[1][2]; got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
		if got := records[1][8]; got != "'@acme @b" {
			t.Errorf("the scopes became %q", got)
		}
		calendar := unfold(t, Calendar([]Event{{ID: "1", Ends: today, Summary: name}}, today))
		if len(calendar) != 28 {
			t.Errorf("%q: %d lines, want 28: %q", name, len(calendar), calendar)
		}
		raw, err := JSON([]Row{row})
		var back []map[string]any
		if err != nil || json.Unmarshal(raw, &back) != nil || back[0]["name"] != Clean(name) {
			t.Errorf("%q as JSON: %s, %v", name, raw, err)
		}
	}
}

// TestExportsKeepLongLists: 50 packages are all there.
func TestExportsKeepLongLists(t *testing.T) {
	row := Row{Token: Token{Packages: many(50, "@a-scope-with-a-name/package-%d")}}
	records, err := csv.NewReader(bytes.NewReader(CSV([]Row{row}))).ReadAll()
	if err != nil || len(strings.Fields(records[1][7])) != 50 {
		t.Errorf("%v, %v", records, err)
	}
}

func FuzzExports(f *testing.F) {
	f.Add("ci", "https://registry.example.com/", "npm_aBcD…7890\nRotate it")
	f.Add("=1\r\nBEGIN:VEVENT", "\u202e", strings.Repeat("語;,\\\n", 40))
	f.Fuzz(func(t *testing.T, name, where, text string) {
		lines := unfold(t, Calendar([]Event{{Registry: where, ID: name, Ends: today, Summary: name, Description: text}}, today))
		if begins := strings.Count("\n"+strings.Join(lines, "\n"), "\nBEGIN:"); begins != 5 {
			t.Errorf("%d things begin, want 5: %q", begins, lines)
		}
		records, err := csv.NewReader(bytes.NewReader(CSV([]Row{{Registry: where, Token: Token{Name: name, Scopes: []string{text}}, Where: text}}))).ReadAll()
		if err != nil || len(records) != 2 {
			t.Fatalf("%v, %v", records, err)
		}
		for _, cell := range records[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") || strings.ContainsAny(cell, "\r\n\t\u202e") {
				t.Errorf("a cell is %q", cell)
			}
		}
		if _, err := JSON([]Row{{Token: Token{Name: name}}}); err != nil {
			t.Error(err)
		}
	})
}

// FuzzFindAndMasks: whatever is asked for, what is found is named by it, and a mask that fits shows only what is there.
func FuzzFindAndMasks(f *testing.F) {
	f.Add("npm_abcd...1234", "aaaaaaaa-1111")
	f.Add("…", "")
	f.Fuzz(func(t *testing.T, word, id string) {
		list := []Token{{ID: id, Name: "a", Masked: "npm_abcd…1234"}, {ID: "bbbbbbbb", Name: "b", Masked: word}}
		if got, err := Find(list, word); err == nil && got.ID != id && got.ID != "bbbbbbbb" {
			t.Errorf("%+v", got)
		}
		var x Index[int]
		x.Add(secret(3), 1)
		if fits := Masks(word, secret(3)); fits != (len(x.Find(word)) == 1) {
			t.Errorf("%q: the index and a look at it differ", word)
		}
	})
}
