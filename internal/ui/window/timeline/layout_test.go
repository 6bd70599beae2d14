package timeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"
)

// input makes an Input in which every letter is 7 wide and a line 17 high.
func input(now time.Time, width float32, all ...Entry) Input {
	return Input{
		Entries: all, Now: now, Width: width, Line: 17,
		Measure: func(s string) float32 { return 7 * float32(utf8.RuneCountInString(s)) },
		Hour:    func(t time.Time) string { return t.Format("15:04") },
		Month: func(t time.Time, year bool) string {
			if year {
				return t.Format("Jan 2006")
			}
			return t.Format("Jan")
		},
		NowText: "now", Today: "today",
	}
}

func entry(name string, now time.Time, in time.Duration) Entry {
	return Entry{ID: name, Name: name, Ends: now.Add(in), Long: in >= long || in <= -long}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (b Box) over(o Box) bool {
	const touch = 0.01
	return b.X+touch < o.X+o.W && o.X+touch < b.X+b.W && b.Y+touch < o.Y+o.H && o.Y+touch < b.Y+b.H
}

// check fails where something stands outside of the picture or over something else.
func check(t *testing.T, what string, l Layout, width float32) {
	t.Helper()
	var texts []Text
	inside := func(what2 string, b Box) {
		if b.X < -0.01 || b.Y < -0.01 || b.X+b.W > width+0.01 || b.Y+b.H > l.Height+0.01 || b.W < 0 {
			t.Errorf("%s: %s stands at %+v, outside of %.0f by %.0f", what, what2, b, width, l.Height)
		}
	}
	text := func(x Text) {
		if x.Text == "" {
			return
		}
		inside(x.Text, x.Box)
		for _, o := range texts {
			if x.over(o.Box) {
				t.Errorf("%s: %q stands over %q", what, x.Text, o.Text)
			}
		}
		texts = append(texts, x)
	}
	for _, k := range l.Ticks {
		text(k.Label)
		inside("a tick", Box{k.X, k.Top, 0, k.Bottom - k.Top})
	}
	for _, m := range l.Marks {
		text(m.Label)
		inside(m.Name+"'s row", m.Row)
		parts := append([]Box{}, m.Bar...)
		if m.End.W > 0 {
			parts = append(parts, m.End)
		}
		if len(parts) == 0 {
			t.Errorf("%s: nothing is drawn of %s", what, m.Name)
		}
		for _, b := range parts {
			inside(m.Name, b)
			for _, x := range texts {
				if b.over(x.Box) {
					t.Errorf("%s: %s's mark stands over %q", what, m.Name, x.Text)
				}
			}
		}
	}
}

// TestNothingOverlaps: whatever ends when, and however narrow it is.
func TestNothingOverlaps(t *testing.T) {
	tokyo := zone(t, "Asia/Tokyo")
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		now := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), 0, tokyo)
		var all []Entry
		for i := range r.IntN(30) {
			e := Entry{ID: fmt.Sprint(i), Name: "registry of someone with a long name"[:1+r.IntN(36)], Long: r.IntN(2) == 0}
			e.Ends = now.Add(time.Duration(r.Int64N(int64(26*time.Hour))) - 2*time.Hour)
			if e.Long {
				e.Ends = now.Add(time.Duration(r.Int64N(int64(120*24*time.Hour))) - 10*24*time.Hour)
			}
			all = append(all, e)
		}
		width := float32(250 + r.IntN(1200))
		l := Lay(input(now, width, all...))
		check(t, fmt.Sprintf("seed %d, width %.0f", seed, width), l, width)
		if len(l.Marks)+l.Hidden != len(all) {
			t.Errorf("seed %d: %d marks and %d hidden of %d", seed, len(l.Marks), l.Hidden, len(all))
		}
	}
}

func TestPartsShareTheWidth(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 20, 0, 0, time.UTC)
	short, far := entry("npm", now, 72*time.Minute), entry("ci-publish", now, 9*24*time.Hour)
	reach := func(l Layout) (x float32) {
		for _, k := range l.Ticks {
			x = max(x, k.X)
		}
		return x
	}
	if l := Lay(input(now, 900, short)); reach(l) < 600 || l.Rule.X != 0 {
		t.Errorf("the hours alone reach only to %.0f of 900", reach(l))
	}
	if l := Lay(input(now, 900, far)); l.Marks[0].Row.X > 10 || reach(l) < 600 {
		t.Error("the days alone do not take the whole width")
	}
	l := Lay(input(now, 900, short, far))
	if l.Rule.X == 0 || l.Marks[0].Row.X+l.Marks[0].Row.W > l.Rule.X || l.Marks[1].Row.X < l.Rule.X {
		t.Errorf("the parts do not stand beside each other: %+v", l.Marks)
	}
	n := Lay(input(now, 340, short, far))
	if n.Rule.X != 0 || n.Marks[1].Row.Y < n.Marks[0].Row.Y+n.Marks[0].Row.H {
		t.Error("in a narrow window the parts do not stand below each other")
	}
	if l := Lay(input(now, 900)); l.Height != 0 || len(l.Ticks) != 0 {
		t.Error("something is drawn where nothing ends")
	}
}

func TestEndedIsARing(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 20, 0, 0, time.UTC)
	l := Lay(input(now, 900, entry("eu", now, -2*time.Hour), entry("npm", now, time.Hour)))
	if m := l.Marks[0]; !m.Over || len(m.Bar) != 0 || m.End.W == 0 || m.End.X > l.Marks[1].Bar[0].X {
		t.Errorf("what has ended is drawn as %+v", m)
	}
}

// TestClockChange: an hour is as long as any other on the day when the clock is changed, and its labels say what
// the clocks say.
func TestClockChange(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		now  time.Time
		want []string
	}{
		{time.Date(2026, 3, 29, 0, 30, 0, 0, berlin), []string{"00:00", "01:00", "03:00", "04:00"}},
		{time.Date(2026, 10, 25, 1, 30, 0, 0, berlin), []string{"01:00", "02:00", "02:00", "03:00"}},
	} {
		l := Lay(input(c.now, 900, entry("npm", c.now, 2*time.Hour)))
		var got []string
		var last float32
		for _, k := range l.Ticks {
			if k.Present {
				continue
			}
			if step := k.X - last; last > 0 && (step < 190 || step > 230) {
				t.Errorf("%v: a step of %.0f", c.now, step)
			}
			got, last = append(got, k.Label.Text), k.X
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v: hours %v, want %v", c.now, got, c.want)
		}
	}
}

// TestHalfHourZones: hours begin where the clock says so.
func TestHalfHourZones(t *testing.T) {
	now := time.Date(2026, 5, 5, 9, 40, 0, 0, zone(t, "Asia/Kolkata"))
	if got := Lay(input(now, 900, entry("npm", now, time.Hour))).Ticks[0].Label.Text; got != "09:00" {
		t.Errorf("the first hour is %s", got)
	}
}

// TestOverNewYear: 90 days from November reach into February, and the year stands at its first month.
func TestOverNewYear(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 20, 0, 0, zone(t, "America/New_York"))
	day := 24 * time.Hour
	l := Lay(input(now, 900, entry("a", now, 20*day), entry("b", now, 89*day), entry("c", now, 100*day)))
	check(t, "New Year", l, 900)
	var got []string
	for _, k := range l.Ticks {
		if !k.Present {
			got = append(got, k.Label.Text)
		}
	}
	if want := "[Nov Dec Jan 2027 Feb]"; fmt.Sprint(got) != want {
		t.Errorf("months %v, want %s", got, want)
	}
	if m := l.Marks[2]; m.End.W != 0 || len(m.Bar) == 0 || m.Bar[0].X+m.Bar[0].W > 900 {
		t.Errorf("what ends after the picture is drawn as %+v", m)
	}
}

func TestManyAreCounted(t *testing.T) {
	now := time.Date(2026, 11, 21, 13, 20, 0, 0, time.UTC)
	var all []Entry
	for i := range 500 {
		all = append(all, entry(fmt.Sprint("r", i), now, time.Duration(i)*time.Minute))
	}
	l := Lay(input(now, 900, all...))
	if len(l.Marks) != maxRows || l.Hidden != 500-maxRows || l.Marks[0].Name != "r0" {
		t.Errorf("%d marks, %d hidden, first %s", len(l.Marks), l.Hidden, l.Marks[0].Name)
	}
}

func BenchmarkLay(b *testing.B) {
	now := time.Date(2026, 11, 21, 13, 20, 0, 0, time.UTC)
	var all []Entry
	for i := range 500 {
		all = append(all, entry(fmt.Sprint("r", i), now, time.Duration(i)*6*time.Hour))
	}
	in := input(now, 900, all...)
	for b.Loop() {
		Lay(in)
	}
}
