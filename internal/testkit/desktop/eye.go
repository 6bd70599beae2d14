package desktop

import (
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Eye looks at a part of the screen over one connection, in a fraction of a millisecond: it is for those
// who must know when something is drawn.
type Eye struct {
	conn *xgb.Conn
	part Window
}

// Eye opens an eye on a part of the screen. It is closed with the test.
func (d *Desktop) Eye(t testing.TB, part Window) *Eye {
	t.Helper()
	conn, err := xgb.NewConnDisplay(d.display())
	if err != nil {
		t.Fatalf("connect to the screen: %v", err)
	}
	t.Cleanup(conn.Close)
	return &Eye{conn, part}
}

// Look returns what is there now, four bytes a pixel.
func (e *Eye) Look(t testing.TB) []byte {
	t.Helper()
	root := xproto.Setup(e.conn).DefaultScreen(e.conn).Root
	p := e.part
	image, err := xproto.GetImage(e.conn, xproto.ImageFormatZPixmap, xproto.Drawable(root), int16(p.X), int16(p.Y), uint16(p.Width), uint16(p.Height), ^uint32(0)).Reply()
	if err != nil {
		t.Fatalf("look at the screen: %v", err)
	}
	return image.Data
}
