package notify

import (
	"encoding/xml"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// The most characters of a toast's parts. Windows refuses a toast of more than 5 kB, and a character may
// take five bytes once it is escaped.
const (
	toastTitle = 120
	toastBody  = maxText * 2 / 3
	toastLabel = 40
	toastCount = 5 // buttons
)

// foreground has a press come back to this process; "protocol" would open an address.
const foreground = "foreground"

// toast is a notice in Windows' schema. encoding/xml escapes texts and attributes. No scenario is named:
// those that stay on the screen ("reminder", "alarm", "urgent") also break through do-not-disturb.
type toast struct {
	XMLName  xml.Name      `xml:"toast"`
	Launch   string        `xml:"launch,attr"`
	Type     string        `xml:"activationType,attr"`
	Duration string        `xml:"duration,attr"`
	Binding  toastBinding  `xml:"visual>binding"`
	Buttons  *toastButtons `xml:"actions"` // nil: no such element
}

type toastBinding struct {
	Template string   `xml:"template,attr"`
	Texts    []string `xml:"text"`
}

type toastButtons struct {
	Actions []toastAction `xml:"action"`
}

type toastAction struct {
	Content   string `xml:"content,attr"`
	Arguments string `xml:"arguments,attr"`
	Type      string `xml:"activationType,attr"`
}

// toastXML writes a notice as a toast. word names a button, by its key, in what Windows gives back when
// it is pressed; the empty key is the toast itself.
func toastXML(n agent.Notice, word func(key string) string) (string, error) {
	t := toast{Type: foreground, Duration: "short", Binding: toastBinding{
		Template: "ToastGeneric", Texts: []string{clean(n.Title, toastTitle), clean(n.Body, toastBody)},
	}}
	if n.Critical {
		t.Duration = "long"
	}
	launch := ""
	if len(n.Buttons) > 0 {
		t.Buttons = &toastButtons{}
	}
	for _, b := range n.Buttons[:min(len(n.Buttons), toastCount)] {
		if launch == "" {
			launch = b.Key
		}
		t.Buttons.Actions = append(t.Buttons.Actions, toastAction{Content: clean(b.Label, toastLabel), Arguments: word(b.Key), Type: foreground})
	}
	t.Launch = word(launch)
	out, err := xml.Marshal(t)
	return string(out), err
}
