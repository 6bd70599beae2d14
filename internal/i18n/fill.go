package i18n

import "time"

// Fill makes arguments of texts that were told by a program. Times among them (RFC 3339) become those of a clock, as
// seen from now; everything else is passed through clean.
func (p *Printer) Fill(told map[string]string, now time.Time, clean func(string) string) Args {
	args := Args{}
	for key, text := range told {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			args[key] = p.Clock(t.In(now.Location()), now)
			continue
		}
		args[key] = clean(text)
	}
	return args
}
