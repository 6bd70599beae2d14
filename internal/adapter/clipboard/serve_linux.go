package clipboard

import (
	"encoding/binary"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Names of the protocol, and that by which Plasma's clipboard and others know what to forget.
const (
	nameClipboard = "CLIPBOARD"
	nameStamp     = "TIMESTAMP"
	nameTargets   = "TARGETS"
	nameHint      = "x-kde-passwordManagerHint"
	hint          = "secret"
)

// texts are the types in which the secret is given. It is ASCII, so they are all the same.
var texts = []string{"UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"}

// offered are all targets that are answered, in the order in which they are named.
func offered() []string { return append([]string{nameTargets, nameStamp, nameHint}, texts...) }

func atoms(conn *xgb.Conn) (map[string]xproto.Atom, error) {
	out := map[string]xproto.Atom{}
	for _, name := range append(offered(), nameClipboard) {
		reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return nil, fmt.Errorf("name %s to the X server: %w", name, err)
		}
		out[name] = reply.Atom
	}
	return out, nil
}

// serve answers those who paste, until somebody else owns the clipboard or the connection ends.
func (o *owner) serve() {
	defer close(o.served)
	defer func() { o.secret = token.Secret{} }()
	for {
		event, err := o.conn.WaitForEvent()
		switch event := event.(type) {
		case nil:
			if err == nil {
				return // the connection ended
			}
			// One who asked went away before the answer: no news.
		case xproto.SelectionRequestEvent:
			o.answer(event)
		case xproto.SelectionClearEvent:
			if event.Selection == o.atoms[nameClipboard] {
				o.secret = token.Secret{}
				o.conn.Close()
			}
		}
	}
}

// answer gives one who asks what he asks for, or tells that there is no such thing.
func (o *owner) answer(ask xproto.SelectionRequestEvent) {
	property := ask.Property
	if property == xproto.AtomNone {
		property = ask.Target // as very old programs want it
	}
	if !o.give(ask, property) {
		property = xproto.AtomNone
	}
	told := xproto.SelectionNotifyEvent{
		Time: ask.Time, Requestor: ask.Requestor, Selection: ask.Selection, Target: ask.Target, Property: property,
	}
	xproto.SendEvent(o.conn, false, ask.Requestor, xproto.EventMaskNoEvent, string(told.Bytes()))
}

// give writes the answer into a property of the window that asks.
func (o *owner) give(ask xproto.SelectionRequestEvent, property xproto.Atom) bool {
	if ask.Selection != o.atoms[nameClipboard] || ask.Time != xproto.TimeCurrentTime && ask.Time < o.since {
		return false
	}
	kind, format, data := ask.Target, byte(8), []byte(nil)
	switch o.name(ask.Target) {
	case nameTargets:
		kind, format = xproto.AtomAtom, 32
		for _, name := range offered() {
			data = binary.LittleEndian.AppendUint32(data, uint32(o.atoms[name]))
		}
	case nameStamp:
		kind, format = xproto.AtomInteger, 32
		data = binary.LittleEndian.AppendUint32(data, uint32(o.since))
	case nameHint:
		data = []byte(hint)
	case "TEXT":
		kind, data = o.atoms["UTF8_STRING"], []byte(o.secret.Reveal()) // the type of TEXT is the owner's choice
	case "":
		return false
	default:
		data = []byte(o.secret.Reveal())
	}
	size := uint32(len(data)) / uint32(format/8)
	return xproto.ChangePropertyChecked(o.conn, xproto.PropModeReplace, ask.Requestor, property, kind, format, size, data).Check() == nil
}

// name is a target's name, "" if it is not offered.
func (o *owner) name(target xproto.Atom) string {
	for _, name := range offered() {
		if o.atoms[name] == target {
			return name
		}
	}
	return ""
}
