package session

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestStageOfATwoHourSession(t *testing.T) {
	l := Life{start, start.Add(2 * time.Hour)}
	for _, c := range []struct {
		after time.Duration
		want  Stage
	}{
		{0, Running}, {89 * time.Minute, Running}, {90 * time.Minute, Ending}, {2*time.Hour - time.Nanosecond, Ending}, {2 * time.Hour, Ended},
		{365 * 24 * time.Hour, Ended}, // E03: the clock jumped a year ahead
		{-365 * 24 * time.Hour, Running},
	} {
		if got := l.Stage(start.Add(c.after)); got != c.want {
			t.Errorf("after %v: stage %d, want %d", c.after, got, c.want)
		}
	}
	if got := (Life{Start: start}).Stage(start); got != Unknown {
		t.Errorf("no end: stage %d, want Unknown", got)
	}
	if got := l.NoticeAt(); !got.Equal(start.Add(110 * time.Minute)) {
		t.Errorf("notice at %v", got)
	}
	if got := (Life{start, start.Add(time.Minute)}).NoticeAt(); !got.Equal(start.Add(45 * time.Second)) {
		t.Errorf("notice of a one-minute session at %v", got)
	}
}

// TestE04_E06_EndsDoNotFollowCivilTime: an end is an instant; daylight saving and time zones move
// neither it nor the stages before it.
func TestE04_E06_EndsDoNotFollowCivilTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{time.Date(2026, 3, 29, 1, 30, 0, 0, berlin), time.Date(2026, 10, 25, 1, 30, 0, 0, berlin)} {
		l := Life{day, day.Add(2 * time.Hour)}
		if l.Stage(day.UTC().Add(119*time.Minute)) != Ending || l.Stage(day.UTC().Add(2*time.Hour)) != Ended {
			t.Errorf("%v: a two-hour session does not last two hours", day)
		}
	}
}

func TestEndWeighsEvidence(t *testing.T) {
	seen := []time.Duration{118 * time.Minute, 119 * time.Minute, 30 * time.Minute}
	told := start.Add(time.Hour)
	for _, c := range []struct {
		name string
		in   Evidence
		end  time.Time
		src  Source
	}{
		{"told beats all", Evidence{Start: start, Told: told, Observed: seen, Policy: PublicLifetime}, told, Told},
		{"E07: told by a clock ten minutes ahead", Evidence{Start: start, Told: told, Offset: 10 * time.Minute}, told.Add(-10 * time.Minute), Told},
		{"learned beats policy", Evidence{Start: start, Observed: seen, Policy: PublicLifetime}, start.Add(118 * time.Minute), Learned},
		{"policy", Evidence{Start: start, Policy: PublicLifetime}, start.Add(2 * time.Hour), Assumed},
		{"nothing", Evidence{Start: start}, time.Time{}, NotKnown},
		{"policy without a start", Evidence{Policy: PublicLifetime}, time.Time{}, NotKnown},
	} {
		if end, src := End(c.in); !end.Equal(c.end) || src != c.src {
			t.Errorf("%s: %v %d, want %v %d", c.name, end, src, c.end, c.src)
		}
	}
}

func TestObserve(t *testing.T) {
	var seen []time.Duration
	for range 12 {
		seen = Observe(seen, start, start.Add(118*time.Minute), start.Add(120*time.Minute))
	}
	if len(seen) != keepObservations || Median(seen) != 119*time.Minute {
		t.Errorf("kept %d, median %v", len(seen), Median(seen))
	}
	if got := Observe(nil, start, start.Add(time.Hour), start.Add(2*time.Hour)); got != nil {
		t.Errorf("an hour of not knowing taught %v", got)
	}
}

func TestE07_Offset(t *testing.T) {
	for _, c := range []struct{ date, want time.Duration }{{30 * time.Second, 0}, {-59 * time.Second, 0}, {10 * time.Minute, 10 * time.Minute}, {-10 * time.Minute, -10 * time.Minute}} {
		if got := Offset(start.Add(c.date), start); got != c.want {
			t.Errorf("Date off by %v: offset %v, want %v", c.date, got, c.want)
		}
	}
	if Offset(time.Time{}, start) != 0 {
		t.Error("no Date gave an offset")
	}
}

// TestE01_E11_LadderOverNinetyDays lives through 90 virtual days of two-hour sessions, renewed as
// soon as they end, used all the time: each end is told twice, never more.
func TestE01_E11_LadderOverNinetyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ladder Ladder
		count := map[Tell]int{}
		begin := time.Now()
		life := Life{begin, begin.Add(2 * time.Hour)}
		for time.Since(begin) < 90*24*time.Hour {
			var tell Tell
			if tell, ladder = ladder.Next(life, time.Now(), time.Now()); tell != Nothing {
				count[tell]++
			}
			if life.Stage(time.Now()) == Ended {
				life = Life{time.Now(), time.Now().Add(2 * time.Hour)}
			}
			<-time.After(time.Until(life.NextChange(time.Now())))
		}
		// The last session of the 90 days is still alive when they are over.
		if want := 90 * 12; count[TellSoon] != want || count[TellEnded] != want-1 {
			t.Errorf("told %v, want %d soon and %d ended", count, want, want-1)
		}
	})
}

func TestLadder(t *testing.T) {
	life := Life{start, start.Add(2 * time.Hour)}
	at := func(d time.Duration) time.Time { return start.Add(d) }
	tells := func(l Ladder, used time.Time, moments ...time.Duration) (out []Tell) {
		for _, m := range moments {
			var tell Tell
			tell, l = l.Next(life, used, at(m))
			out = append(out, tell)
		}
		return out
	}
	if got := tells(Ladder{}, at(100*time.Minute), 109*time.Minute, 110*time.Minute, 111*time.Minute, 120*time.Minute, 121*time.Minute); !slices.Equal(got, []Tell{Nothing, TellSoon, Nothing, TellEnded, Nothing}) {
		t.Errorf("in use: %v", got)
	}
	if got := tells(Ladder{}, at(0), 110*time.Minute, 125*time.Minute); !slices.Equal(got, []Tell{Nothing, Nothing}) {
		t.Errorf("not used for an hour: %v", got)
	}
	// E02: slept through everything: one notice, not two.
	if got := tells(Ladder{}, at(100*time.Minute), 5*time.Hour, 5*time.Hour+time.Minute); !slices.Equal(got, []Tell{TellEnded, Nothing}) {
		t.Errorf("after a sleep: %v", got)
	}
	// The next use after the end is told.
	if got := tells(Ladder{}, at(6*time.Hour), 6*time.Hour); !slices.Equal(got, []Tell{TellEnded}) {
		t.Errorf("used after the end: %v", got)
	}
	if got := tells(Ladder{Said: TellSoon, End: life.End, Snoozed: at(115 * time.Minute)}, at(100*time.Minute), 112*time.Minute, 115*time.Minute); !slices.Equal(got, []Tell{Nothing, TellSoon}) {
		t.Errorf("snoozed: %v", got)
	}
	// E12: what was said before a restart is not said again.
	if got := tells(Ladder{Said: TellSoon, End: life.End}, at(100*time.Minute), 112*time.Minute); !slices.Equal(got, []Tell{Nothing}) {
		t.Errorf("after a restart: %v", got)
	}
}
