package managers

import "testing"

func TestVersionIn(t *testing.T) {
	for out, want := range map[string]string{
		"11.19.0\n": "11.19.0", "v1.22.22": "1.22.22", "4.0.0-rc.1+x\r\n": "4.0.0-rc.1+x",
		"deno 2.9.6 (stable, release)\nv8 14.0.0\ntypescript 5.9.2\n": "2.9.6",
		"a notice 9.9.9\n\n10.1.0\nbye\n":                             "10.1.0", "1.2.3\n1.2.3\n": "1.2.3", "1.2.3\n1.2.4\n": "",
		"": "", "1.2": "", "1.2.3.4": "", "1.2.3-": "", "1..3": "", "1.2.3-\x1b[0m": "", "No version is set": "",
		"1.2.3 1.2.3": "", "9999999999.1.1": "",
	} {
		if got := versionIn(out, "deno"); got != want {
			t.Errorf("%q: got %q, want %q", out, got, want)
		}
	}
}

func FuzzVersionIn(f *testing.F) {
	f.Add("deno 2.9.6 (stable)\n")
	f.Add("1.2.3-rc.1")
	f.Fuzz(func(t *testing.T, out string) {
		if v := versionIn(out, "deno"); v != "" && (!isVersion(v) || len(v) > 64) {
			t.Errorf("%q gives %q", out, v)
		}
	})
}
