package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Entry is one credential that ends, or has ended.
type Entry struct {
	ID      string // names it; the same in every layout
	Name    string
	Account string
	Kind    token.Kind
	Ends    time.Time
	Ending  bool // inside the last quarter of its life
	Long    bool // belongs to the days, not to the hours
}

// Input is what a layout depends on.
type Input struct {
	Entries []Entry
	Now     time.Time // its place is the one whose clocks are shown
	Width   float32
	Line    float32                      // how high a line of text is
	Measure func(text string) float32    // how wide a text is
	Hour    func(time.Time) string       // an hour's label
	Month   func(time.Time, bool) string // a month's label; with the year where a new one begins
	NowText string                       // under the line of the hours
	Today   string                       // under the line of the days
}

// Box is a place, from its upper left corner.
type Box struct{ X, Y, W, H float32 }

// Text is a label and its place.
type Text struct {
	Box
	Text string
}

// Tick is an upright line, of an hour, a month, or the present moment.
type Tick struct {
	X, Top, Bottom float32
	Label          Text // its text "" where there is no room for it
	Present        bool
}

// Mark is one entry: its name, a bar up to its end, and the end itself.
type Mark struct {
	Entry
	Label Text
	Bar   []Box // one, or two where the label stands in between; none for what has ended
	End   Box   // a dot, or a ring for what has ended; of width 0 where the end lies further away
	Row   Box   // all that belongs to it, for the pointer
	Over  bool  // it has ended
}

// Layout is where everything stands.
type Layout struct {
	Ticks  []Tick
	Marks  []Mark
	Rule   Tick // between the two parts; X 0 if there is only one, or they stand below each other
	Height float32
	Hidden int // entries that there is no room for: those that end last
}

// Distances, in Fyne's pixels.
const (
	gap     = 8
	thick   = 10 // a bar of the hours
	thin    = 3  // a bar of the days
	dot     = 10
	maxRows = 12
	between = 48  // the two parts
	beside  = 640 // from here on, for text of common height, they stand beside each other
)

// Days is how far the right part reaches.
const Days = 90

// Lay lays out the entries.
func Lay(in Input) Layout {
	var short, long []Entry
	for _, e := range in.Entries {
		if e.Long {
			long = append(long, e)
		} else {
			short = append(short, e)
		}
	}
	var out Layout
	short, long = out.first(short), out.first(long)
	switch {
	case len(short) == 0 && len(long) == 0:
	case len(long) == 0:
		out.hours(in, short, Box{W: in.Width})
	case len(short) == 0:
		out.days(in, long, Box{W: in.Width})
	case in.Width < beside*max(1, in.Line/common):
		out.hours(in, short, Box{W: in.Width})
		out.days(in, long, Box{Y: out.Height + 2*gap, W: in.Width})
	default:
		half := (in.Width - between) / 2
		out.hours(in, short, Box{W: half})
		out.days(in, long, Box{X: half + between, W: half})
		out.Rule = Tick{X: round(half + between/2), Bottom: out.Height}
	}
	return out
}

// common is the height of a line of small text at the usual scale.
const common = 17

// first keeps those that end first.
func (l *Layout) first(all []Entry) []Entry {
	all = sorted(all)
	if len(all) > maxRows {
		l.Hidden += len(all) - maxRows
		all = all[:maxRows]
	}
	return all
}

// part is one of the two: where it stands, and what a moment's place in it is.
type part struct {
	Input
	in       Box // without the names
	from, to time.Time
	row      float32
}

func (p part) x(t time.Time) float32 {
	share := float64(t.Sub(p.from)) / float64(p.to.Sub(p.from))
	return round(p.in.X + p.in.W*float32(min(1, max(0, share))))
}

// top is where row i begins.
func (p part) top(i int) float32 { return p.in.Y + p.Line + gap + float32(i)*p.row }

func (l *Layout) hours(in Input, all []Entry, at Box) {
	names := float32(0)
	for _, e := range all {
		names = max(names, in.Measure(e.Name))
	}
	names = min(names, at.W*0.34)
	p := part{Input: in, in: Box{X: at.X + names + gap + dot/2, Y: at.Y, W: at.W - names - gap - dot}, row: max(in.Line+gap, 3*gap)}
	var span time.Duration
	p.from, span = hourSpan(all, in.Now)
	p.to = p.from.Add(span)
	for i, e := range all {
		top := p.top(i)
		mid := top + p.row/2
		label := fit(e.Name, names, in.Measure)
		m := Mark{Entry: e, Over: !e.Ends.After(in.Now), Row: Box{at.X, top, at.W, p.row}}
		m.Label = Text{Box{at.X, mid - in.Line/2, in.Measure(label), in.Line}, label}
		end := p.x(e.Ends)
		if m.Over {
			m.End = Box{end - dot/2, mid - dot/2, dot, dot}
		} else {
			x := p.x(in.Now)
			m.Bar = []Box{{x, mid - thick/2, max(thick, end-x), thick}}
			if over := m.Bar[0].X + m.Bar[0].W - p.in.X - p.in.W - dot/2; over > 0 {
				m.Bar[0].X -= over
			}
		}
		l.Marks = append(l.Marks, m)
	}
	bottom := p.top(len(all)) + gap/2
	l.hourTicks(p, bottom)
	l.present(p, Text{Text: in.NowText}, p.x(in.Now), bottom)
}

// hourSpan is the piece of time that the hours show: at least four, at most a day.
func hourSpan(all []Entry, now time.Time) (time.Time, time.Duration) {
	from := hourOf(now.Add(-10 * time.Minute))
	span := 4 * time.Hour
	for _, e := range all {
		for !e.Long && span < 24*time.Hour && from.Add(span).Before(e.Ends) {
			span += time.Hour
		}
	}
	return from, span
}

// hourOf is the beginning of t's hour by the clock, also where the clock differs by half an hour from others.
func hourOf(t time.Time) time.Time {
	return t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
}

// hourTicks draws every hour, and labels as many as there is room for. Hours are counted, not read from the
// clock: on the day when it is put forward or back an hour is as long as any.
func (l *Layout) hourTicks(p part, bottom float32) {
	var step time.Duration
	widest := float32(0)
	for t := p.from; !t.After(p.to); t = t.Add(time.Hour) {
		widest = max(widest, p.Measure(p.Hour(t)))
	}
	hours := float32(p.to.Sub(p.from) / time.Hour)
	for _, step = range []time.Duration{1, 2, 3, 4, 6, 12, 24} {
		if p.in.W/hours*float32(step) >= widest+gap {
			break
		}
	}
	for t := p.from; t.Before(p.to); t = t.Add(step * time.Hour) {
		l.tick(p, t, p.Hour(t), bottom)
	}
}

// tick draws a line for t with its label to the right of its upper end, if that is inside and over no other.
func (l *Layout) tick(p part, t time.Time, label string, bottom float32) {
	k := Tick{X: p.x(t), Top: p.in.Y, Bottom: bottom}
	box := Box{k.X + gap/2, p.in.Y, p.Measure(label), p.Line}
	if box.X+box.W <= p.in.X+p.in.W+dot/2 {
		k.Label = Text{box, label}
	}
	l.Ticks = append(l.Ticks, k)
}

// present draws the line of the present moment, with its word below.
func (l *Layout) present(p part, word Text, x, bottom float32) {
	w := p.Measure(word.Text)
	left, right := p.in.X-dot/2, p.in.X+p.in.W+dot/2-w
	word.Box = Box{min(max(left, x-w/2), right), bottom, w, p.Line}
	l.Ticks = append(l.Ticks, Tick{X: x, Top: p.in.Y + p.Line, Bottom: bottom, Label: word, Present: true})
	l.Height = max(l.Height, bottom+p.Line)
}

func (l *Layout) days(in Input, all []Entry, at Box) {
	y, m, d := in.Now.Date()
	p := part{Input: in, in: Box{X: at.X + dot/2, Y: at.Y, W: at.W - dot}, row: max(in.Line+gap, 3*gap)}
	p.from = time.Date(y, m, d, 0, 0, 0, 0, in.Now.Location())
	p.to = time.Date(y, m, d+Days, 0, 0, 0, 0, in.Now.Location())
	for i, e := range all {
		l.Marks = append(l.Marks, p.day(e, p.top(i)))
	}
	bottom := p.top(len(all)) + gap/2
	l.months(p, bottom)
	l.present(p, Text{Text: in.Today}, p.x(in.Now), bottom)
}

// day is a mark of the days. Its name stands right of its end, or where there is no room left of it, in the bar.
func (p part) day(e Entry, top float32) Mark {
	mid, left, right := top+p.row/2, p.in.X-dot/2, p.in.X+p.in.W+dot/2
	m := Mark{Entry: e, Over: !e.Ends.After(p.Now), Row: Box{left, top, right - left, p.row}}
	from, end := p.x(p.Now), p.x(e.Ends)
	stop := end + dot/2
	if e.Ends.After(p.to) {
		stop = end // the bar leaves the picture
	} else {
		m.End = Box{end - dot/2, mid - dot/2, dot, dot}
	}
	put := func(x, w float32) {
		name := fit(e.Name, w, p.Measure)
		m.Label = Text{Box{x, mid - p.Line/2, p.Measure(name), p.Line}, name}
	}
	w := p.Measure(e.Name)
	before, after := end-dot/2-gap/2-(from+gap/2), right-stop-gap/2
	switch {
	case w <= after, after >= before:
		put(stop+gap/2, after)
		m.Bar = []Box{{from, mid - thin/2, end - from, thin}}
	default:
		put(end-dot/2-gap/2-min(w, before), before)
		m.Label.X = end - dot/2 - gap/2 - m.Label.W
		m.Bar = []Box{{from, mid - thin/2, m.Label.X - gap/2 - from, thin}}
	}
	if m.Over || m.Bar[0].W < 1 {
		m.Bar = nil
	}
	return m
}

// months draws the first of every month, and the running one where there is room for its name.
func (l *Layout) months(p part, bottom float32) {
	y, m, _ := p.from.Date()
	first := len(l.Ticks)
	free := p.in.X + p.in.W
	for i := 3; i >= 0; i-- { // from the right, so that names can be asked whether they fit before the next
		t := time.Date(y, m+time.Month(i), 1, 0, 0, 0, 0, p.from.Location())
		if i == 0 {
			t = p.from
		}
		if !t.Before(p.to) {
			continue
		}
		k := Tick{X: p.x(t), Top: p.in.Y, Bottom: bottom}
		for _, label := range []string{p.Month(t, t.Month() == time.January), p.Month(t, false)} {
			box := Box{k.X + gap/2, p.in.Y, p.Measure(label), p.Line}
			if box.X+box.W <= free {
				k.Label = Text{box, label}
				break
			}
		}
		l.Ticks, free = append(l.Ticks, k), k.X-gap/2
	}
	slices.Reverse(l.Ticks[first:])
}

// fit cuts a name with an ellipsis where it is wider than the room.
func fit(name string, room float32, measure func(string) float32) string {
	if measure(name) <= room {
		return name
	}
	runes := []rune(name)
	for len(runes) > 0 && measure(string(runes)+"…") > room {
		runes = runes[:len(runes)-1]
	}
	if len(runes) == 0 {
		return ""
	}
	return string(runes) + "…"
}

func round(x float32) float32 { return float32(int(x + 0.5)) }

// sorted puts those that end first first.
func sorted(all []Entry) []Entry {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Or(a.Ends.Compare(b.Ends), cmp.Compare(a.Name, b.Name)) })
	return all
}
