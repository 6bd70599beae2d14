//go:build !windows

package autostart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// plist is the form of macOS, a launch agent's property list.
type plist struct{}

const freshPlist = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + id + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>%s</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`

func (plist) write(program string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(program)) // to memory, which cannot fail
	return fmt.Sprintf(freshPlist, b.String())
}

func (plist) program(text string) string {
	var v struct {
		Program string `xml:"dict>array>string"`
	}
	if xml.Unmarshal([]byte(text), &v) != nil {
		return ""
	}
	return v.Program
}

func (plist) held(text string) (string, error) {
	keys, err := switches(text)
	if err != nil {
		return "", err
	}
	if k := keys["Disabled"]; k.name == "true" {
		return fmt.Sprintf("line %d: Disabled is true", k.line(text)), nil
	}
	if k := keys["RunAtLoad"]; k.name != "true" && keys["KeepAlive"].name == "" {
		return fmt.Sprintf("line %d: RunAtLoad is not true", k.line(text)), nil
	}
	return "", nil
}

func (plist) turn(text string, on bool) (string, error) {
	keys, err := switches(text)
	if err != nil {
		return "", err
	}
	k, there := keys["Disabled"]
	switch {
	case there:
		return text[:k.from] + fmt.Sprintf("<%t/>", !on) + text[k.to:], nil
	case on:
		return text, nil
	}
	at := keys[""].from
	return text[:at] + "\n\t<key>Disabled</key>\n\t<true/>" + text[at:], nil
}

// element is a value of the outermost dict and where it stands in the text.
type element struct {
	name     string // true, false, string, array, ...
	from, to int64
}

func (e element) line(text string) int { return 1 + strings.Count(text[:e.from], "\n") }

// switches are the values of the outermost dict, by key; that of "" is where the dict begins.
func switches(text string) (map[string]element, error) {
	if strings.HasPrefix(text, "bplist") {
		return nil, fmt.Errorf("%w: it is a binary property list; write it as text: plutil -convert xml1 FILE", ErrForm)
	}
	d := xml.NewDecoder(strings.NewReader(text))
	found, key, depth := map[string]element{}, "", 0
	for {
		from := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(found) > 0 {
			return found, nil
		}
		if err != nil {
			line, _ := d.InputPos()
			return nil, fmt.Errorf("%w: line %d: it is no property list", ErrForm, line)
		}
		start, ok := t.(xml.StartElement)
		if _, ends := t.(xml.EndElement); ends {
			depth--
		}
		if !ok {
			continue
		}
		depth++
		switch name := start.Name.Local; {
		case depth == 2 && name == "dict":
			found[""] = element{name, d.InputOffset(), d.InputOffset()}
		case depth == 3 && name == "key":
			key, depth = keyText(d), depth-1
		case depth == 3:
			if err := d.Skip(); err == nil {
				found[key] = element{name, from, d.InputOffset()}
			}
			depth--
		}
	}
}

// keyText reads a key to its end.
func keyText(d *xml.Decoder) string {
	var text strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			return strings.TrimSpace(text.String())
		}
	}
}
