package desktop

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// Redraws counts how often a program draws in its window within a span of time, by X's own account.
func (d *Desktop) Redraws(t testing.TB, class string, span time.Duration) int {
	t.Helper()
	ids := strings.Fields(d.tool(t, "xdotool", "search", "--onlyvisible", "--class", class))
	if len(ids) == 0 {
		t.Fatalf("no window of %s", class)
	}
	conn, err := xgb.NewConnDisplay(d.display())
	if err != nil {
		t.Fatalf("connect to the screen: %v", err)
	}
	end := sync.OnceFunc(conn.Close)
	defer end()
	if err := damage.Init(conn); err != nil {
		t.Fatalf("ask for X's account of drawing: %v", err)
	}
	if _, err := damage.QueryVersion(conn, 1, 1).Reply(); err != nil {
		t.Fatal(err)
	}
	for _, text := range ids {
		id, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		account, err := damage.NewDamageId(conn)
		if err != nil {
			t.Fatal(err)
		}
		if err := damage.CreateChecked(conn, account, xproto.Drawable(id), damage.ReportLevelRawRectangles).Check(); err != nil {
			t.Fatal(err)
		}
	}
	// X begins its account with what is there already.
	if _, err := xproto.GetInputFocus(conn).Reply(); err != nil {
		t.Fatal(err)
	}
	for event, err := conn.PollForEvent(); event != nil || err != nil; event, err = conn.PollForEvent() {
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := make(chan int)
	go func() { // ends with the connection
		n := 0
		for {
			event, err := conn.WaitForEvent()
			if event == nil && err == nil {
				seen <- n
				return
			}
			if _, ok := event.(damage.NotifyEvent); ok {
				n++
			}
		}
	}()
	<-time.After(span)
	end()
	return <-seen
}

// display is the screen's name.
func (d *Desktop) display() string {
	for _, v := range d.env {
		if name, ok := strings.CutPrefix(v, "DISPLAY="); ok {
			return name
		}
	}
	return ""
}
