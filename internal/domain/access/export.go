package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is the end of an access token in a calendar. Summary and Description are what its reader sees; nothing else of
// it does he see.
type Event struct {
	Registry, ID         string // what its UID is made of
	Ends                 time.Time
	Summary, Description string
}

// foldAt is how long a line of a calendar may be, in octets, without its end.
const foldAt = 75

// Calendar writes events down as RFC 5545 has it, each with an alarm for every one of Reminders. The UID of an access token
// is always the same, so that a calendar that is read in again replaces what it has. Events without an end are left out.
func Calendar(list []Event, now time.Time) []byte {
	var b bytes.Buffer
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Sandglass//Access tokens//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	for _, e := range list {
		if e.Ends.IsZero() {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", uid(e))
		line("DTSTAMP", stamp(now))
		line("DTSTART", stamp(e.Ends))
		line("SUMMARY", escape(e.Summary))
		if e.Description != "" {
			line("DESCRIPTION", escape(e.Description))
		}
		line("TRANSP", "TRANSPARENT")
		for _, days := range Reminders {
			line("BEGIN", "VALARM")
			line("ACTION", "DISPLAY")
			line("DESCRIPTION", escape(e.Summary))
			line("TRIGGER", "-P"+strconv.Itoa(days)+"D")
			line("END", "VALARM")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

func uid(e Event) string {
	sum := sha256.Sum256([]byte(e.Registry + "\x00" + e.ID))
	return hex.EncodeToString(sum[:16]) + "@sandglass"
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape writes a text as a calendar has it, each of its lines clean.
func escape(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(strings.Join(cleanAll(lines), "\n"))
}

// fold ends a line, and breaks it where it is too long, in no character's middle.
func fold(b *bytes.Buffer, line string) {
	room := foldAt
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line, room = line[cut:], foldAt-1 // the space counts
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}

// Row is an access token in an export.
type Row struct {
	Registry string `json:"registry"`
	Token
	Where string   `json:"kept_at,omitempty"` // in the user's words
	Marks []string `json:"marks"`             // their codes
}

// columns of the CSV form.
var columns = []string{
	"registry", "id", "name", "description", "masked", "kind", "permission", "packages", "scopes", "orgs", "all_packages", "org_permission",
	"bypass_2fa", "addresses", "created", "updated", "used", "ends", "revoked", "kept_at", "marks",
}

// CSV writes rows down as RFC 4180 has it, below a line with the columns' names. Lists are parted by spaces, times are
// UTC. A cell that a spreadsheet would take for a formula, because it begins with =, +, - or @ (or their wide forms), gets
// an apostrophe before it, and so a list of scopes does, too; what begins with a tab or a line's end has lost that.
func CSV(list []Row) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(columns) // a buffer takes everything
	for _, r := range list {
		cells := []string{
			Clean(r.Registry), Clean(r.ID), Clean(r.Name), Clean(r.Description), Clean(r.Masked), Clean(string(r.Kind)), Clean(string(r.Permission)),
			joined(r.Packages), joined(r.Scopes), joined(r.Orgs), strconv.FormatBool(r.All), Clean(string(r.OrgPermission)), strconv.FormatBool(r.Bypass),
			joined(r.Addresses), when(r.Created), when(r.Updated), when(r.Used), when(r.Ends), when(r.Revoked), Clean(r.Where), joined(r.Marks),
		}
		for i := range cells {
			cells[i] = defuse(cells[i])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return b.Bytes()
}

func joined(list []string) string { return strings.Join(cleanAll(list), " ") }

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func defuse(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// JSON writes rows down as a list. Texts are cleaned as in the other forms.
func JSON(list []Row) ([]byte, error) {
	out := make([]Row, len(list))
	for i, r := range list {
		r.Registry, r.ID, r.Name, r.Description, r.Masked, r.Where = Clean(r.Registry), Clean(r.ID), Clean(r.Name), Clean(r.Description), Clean(r.Masked), Clean(r.Where)
		r.Packages, r.Scopes, r.Orgs, r.Addresses, r.Marks = cleanAll(r.Packages), cleanAll(r.Scopes), cleanAll(r.Orgs), cleanAll(r.Addresses), cleanAll(r.Marks)
		out[i] = r
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write access tokens as JSON: %w", err)
	}
	return append(raw, '\n'), nil
}
