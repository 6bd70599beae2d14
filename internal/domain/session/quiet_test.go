package session

import (
	"testing"
	"time"
)

func TestQuietHolds(t *testing.T) {
	for _, tt := range []struct {
		span, now, end string // end "" where it does not hold
	}{
		{"", "2026-03-01 03:00", ""},
		{"22:00-08:00", "2026-03-01 21:59", ""},
		{"22:00-08:00", "2026-03-01 22:00", "2026-03-02 08:00"},
		{"22:00-08:00", "2026-03-01 23:59", "2026-03-02 08:00"},
		{"22:00-08:00", "2026-03-01 00:00", "2026-03-01 08:00"},
		{"22:00-08:00", "2026-03-01 07:59", "2026-03-01 08:00"},
		{"22:00-08:00", "2026-03-01 08:00", ""},
		{"12:30-13:30", "2026-03-01 12:29", ""},
		{"12:30-13:30", "2026-03-01 12:30", "2026-03-01 13:30"},
		{"12:30-13:30", "2026-03-01 13:30", ""},
		{"00:00-23:59", "2026-12-31 23:58", "2026-12-31 23:59"},
		{"23:00-00:00", "2026-12-31 23:30", "2027-01-01 00:00"},
		{"23:00-00:00", "2027-01-01 00:00", ""},
	} {
		q, err := ParseQuiet(tt.span)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.ParseInLocation("2006-01-02 15:04", tt.now, time.UTC)
		got := q.End(now.Add(30 * time.Second))
		want, _ := time.ParseInLocation("2006-01-02 15:04", tt.end, time.UTC)
		if !got.Equal(want) || q.Holds(now) == want.IsZero() {
			t.Errorf("%s at %s: until %v, want %q", tt.span, tt.now, got, tt.end)
		}
	}
}

// TestQuietOverAChangeOfClocks: the wall's clock counts, whatever becomes of the hours.
func TestQuietOverAChangeOfClocks(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	for _, tt := range []struct {
		name, span string
		now, end   time.Time // in UTC
	}{
		{"a night that is an hour shorter", "22:00-08:00", time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC)},
		{"a night that is an hour longer", "22:00-08:00", time.Date(2026, 10, 24, 21, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 7, 0, 0, 0, time.UTC)},
		{"an end that does not come", "22:00-02:30", time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)},
		{"an end that comes twice, the first", "22:00-02:30", time.Date(2026, 10, 24, 23, 59, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)},
		{"an end that comes twice, the second", "22:00-02:30", time.Date(2026, 10, 25, 1, 1, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)},
	} {
		q, err := ParseQuiet(tt.span)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.End(tt.now.In(zone)); !got.Equal(tt.end) {
			t.Errorf("%s: until %v, want %v", tt.name, got, tt.end.In(zone))
		}
	}
}

func FuzzQuiet(f *testing.F) {
	f.Add("22:00-08:00", int64(0))
	f.Add("12:30-13:30", int64(1_800_000_000))
	f.Fuzz(func(t *testing.T, text string, at int64) {
		q, err := ParseQuiet(text)
		now := time.Unix(at%(1<<33), 0).UTC()
		end := q.End(now)
		switch {
		case err != nil && q != (Quiet{}):
			t.Errorf("%q: an error and a span", text)
		case q.Holds(now) != !end.IsZero():
			t.Errorf("%q at %v: held, and until %v", text, now, end)
		case !end.IsZero() && (!end.After(now) || end.Sub(now) > 24*time.Hour || q.Holds(end)):
			t.Errorf("%q at %v: until %v", text, now, end)
		}
	})
}
