//go:build linux

package shellrc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// runs time, within the shell, so many starts of a program called npm that does nothing, with our hook and
// without it, in turn; and then so many times what the hook does before it, alone, and an empty function.
// Each line tells the nanoseconds of each. $1 is the hook file, $2 the number of starts, $3 of the calls
// without a start, $4 the number of lines.
var runs = map[string][]string{
	"bash": {"bash", "--norc", "-c", `. "$1"; __sandglass_wrap; empty() { :; }
		rounds() { # a function, since the hook's trap before commands does not reach into functions
		for ((r = 0; r < $4; r++)); do
		now=$EPOCHREALTIME; for ((i = 0; i < $2; i++)); do command npm ci; done; a=$EPOCHREALTIME
		for ((i = 0; i < $2; i++)); do npm ci; done; b=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do __sandglass_before npm ci; done; c=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do empty npm ci; done; d=$EPOCHREALTIME
		echo $(( (${a/./} - ${now/./}) * 1000 / $2 )) $(( (${b/./} - ${a/./}) * 1000 / $2 )) \
			$(( (${c/./} - ${b/./}) * 1000 / $3 )) $(( (${d/./} - ${c/./}) * 1000 / $3 ))
		done; }; rounds "$@"`, "bash"},
	"zsh": {"zsh", "-f", "-c", `zmodload zsh/datetime; . "$1"; __sandglass_wrap; empty() { :; }
		float now a b c d
		for ((r = 0; r < $4; r++)); do
		now=$EPOCHREALTIME; for ((i = 0; i < $2; i++)); do command npm ci; done; a=$EPOCHREALTIME
		for ((i = 0; i < $2; i++)); do npm ci; done; b=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do __sandglass_before npm ci; done; c=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do empty npm ci; done; d=$EPOCHREALTIME
		printf '%.0f %.0f %.0f %.0f\n' $(( (a - now) * 1e9 / $2 )) $(( (b - a) * 1e9 / $2 )) $(( (c - b) * 1e9 / $3 )) $(( (d - c) * 1e9 / $3 ))
		done`, "zsh"},
	// fish has no function in the command's place: its event before a command does the same.
	"fish": {"fish", "--no-config", "-c", `source $argv[1]; function empty; end
		for r in (seq $argv[4])
		set now (date +%s%N); for i in (seq $argv[2]); npm ci; end; set a (date +%s%N)
		for i in (seq $argv[2]); __sandglass_command 'npm ci'; npm ci; end; set b (date +%s%N)
		for i in (seq $argv[3]); __sandglass_command 'npm ci'; end; set c (date +%s%N)
		for i in (seq $argv[3]); empty 'npm ci'; end; set d (date +%s%N)
		echo (math -s0 "($a - $now) / $argv[2]") (math -s0 "($b - $a) / $argv[2]") (math -s0 "($c - $b) / $argv[3]") (math -s0 "($d - $c) / $argv[3]")
		end`},
}

// BenchmarkWrapper tells what the hook adds to a package manager with a fresh session, in a project that is five
// folders below the user's own: the difference of
// starts with and without it, whose noise is that of starting programs, and the hook's part alone. One
// operation is ten rounds of all; the figures are medians of all rounds.
func BenchmarkWrapper(b *testing.B) {
	for _, sh := range shells[:3] {
		b.Run(sh.name, func(b *testing.B) {
			w := newWorld(b)
			program(b, sh.name)
			w.dir = filepath.Join(w.home, "one", "two", "three", "four", "project")
			for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
				old(b, filepath.Join(w.dir, name))
			}
			w.bin = b.TempDir()
			must(b, os.Symlink("/bin/true", filepath.Join(w.bin, "npm")))
			must(b, os.Symlink("/bin/true", filepath.Join(w.bin, "sandglass")))
			over(b, w.files(b), later)
			var start, added, alone []float64
			for b.Loop() {
				argv := append(slices.Clone(runs[sh.name]), w.hook(sh.name), "40", "1000", "10")
				cmd := exec.Command(argv[0], argv[1:]...)
				cmd.Env, cmd.Dir = append(w.env, "PATH="+w.bin+":"+os.Getenv("PATH")), w.dir
				out, err := cmd.Output()
				must(b, err)
				for line := range strings.Lines(string(out)) {
					var ns []float64
					for _, f := range strings.Fields(line) {
						v, err := strconv.ParseFloat(f, 64)
						must(b, err)
						ns = append(ns, v)
					}
					if len(ns) != 4 {
						b.Fatalf("%s said %q", sh.name, line)
					}
					start, added, alone = append(start, ns[0]), append(added, ns[1]-ns[0]), append(alone, ns[2]-ns[3])
				}
			}
			b.ReportMetric(median(start), "ns/start")
			b.ReportMetric(median(added), "ns/added")
			b.ReportMetric(median(alone), "ns/hook")
			b.ReportMetric(0, "ns/op") // a round of loops means nothing
		})
	}
}
