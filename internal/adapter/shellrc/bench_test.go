//go:build linux

package shellrc_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// loops time, within the shell, so many calls of an empty function, of our hook, and of direnv's, in turn and
// in short stretches, since other programs disturb the machine. Each line tells the nanoseconds of a call of each. $1
// is the hook file, $2 and $3 the numbers of calls of ours and of direnv's, $4 the number of lines.
var loops = map[string][]string{
	"bash": {"bash", "--norc", "-c", `. "$1"; eval "$(direnv hook bash)"; empty() { :; }
		empty; __sandglass_prompt; _direnv_hook
		rounds() { # a function, since the hook's trap before commands does not reach into functions
		for ((r = 0; r < $4; r++)); do
		now=$EPOCHREALTIME; for ((i = 0; i < $2; i++)); do empty; done; a=$EPOCHREALTIME
		for ((i = 0; i < $2; i++)); do __sandglass_prompt; done; b=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do _direnv_hook; done; c=$EPOCHREALTIME
		echo $(( (${a/./} - ${now/./}) * 1000 / $2 )) $(( (${b/./} - ${a/./}) * 1000 / $2 )) $(( (${c/./} - ${b/./}) * 1000 / $3 ))
		done; }; rounds "$@"`, "bash"},
	"zsh": {"zsh", "-f", "-c", `zmodload zsh/datetime; . "$1"; eval "$(direnv hook zsh)"; empty() { :; }
		empty; __sandglass_prompt; _direnv_hook
		float now a b c
		for ((r = 0; r < $4; r++)); do
		now=$EPOCHREALTIME; for ((i = 0; i < $2; i++)); do empty; done; a=$EPOCHREALTIME
		for ((i = 0; i < $2; i++)); do __sandglass_prompt; done; b=$EPOCHREALTIME
		for ((i = 0; i < $3; i++)); do _direnv_hook; done; c=$EPOCHREALTIME
		printf '%.0f %.0f %.0f\n' $(( (a - now) * 1e9 / $2 )) $(( (b - a) * 1e9 / $2 )) $(( (c - b) * 1e9 / $3 ))
		done`, "zsh"},
	// fish has no clock: date is asked, the same way before and after each loop.
	"fish": {"fish", "--no-config", "-c", `source $argv[1]; direnv hook fish | source; function empty; end
		empty; __sandglass_prompt; __direnv_export_eval
		for r in (seq $argv[4])
		set now (date +%s%N); for i in (seq $argv[2]); empty; end; set a (date +%s%N)
		for i in (seq $argv[2]); __sandglass_prompt; end; set b (date +%s%N)
		for i in (seq $argv[3]); __direnv_export_eval; end; set c (date +%s%N)
		echo (math -s0 "($a - $now) / $argv[2]") (math -s0 "($b - $a) / $argv[2]") (math -s0 "($c - $b) / $argv[3]")
		end`},
}

// BenchmarkPrompt tells what the hook adds to a prompt, and how many times that direnv's adds. One
// operation is ten rounds of all variants; the figures are medians of all rounds.
func BenchmarkPrompt(b *testing.B) {
	program(b, "direnv")
	for _, sh := range shells[:3] {
		b.Run(sh.name, func(b *testing.B) {
			w := newWorld(b)
			program(b, sh.name)
			publish(b, w.files(b), "npm_one")
			var rounds [3][]float64
			for b.Loop() {
				argv := append(slices.Clone(loops[sh.name]), w.hook(sh.name), "4000", "5", "10")
				cmd := exec.Command(argv[0], argv[1:]...)
				cmd.Env, cmd.Dir = append(w.env, "DIRENV_LOG_FORMAT="), w.home
				out, err := cmd.Output()
				must(b, err)
				fields := strings.Fields(string(out))
				if len(fields) != 3*10 {
					b.Fatalf("%s said %q", sh.name, out)
				}
				for i, f := range fields {
					ns, err := strconv.ParseFloat(f, 64)
					must(b, err)
					rounds[i%3] = append(rounds[i%3], ns)
				}
			}
			empty, hook, direnv := median(rounds[0]), median(rounds[1])-median(rounds[0]), median(rounds[2])-median(rounds[0])
			b.ReportMetric(empty, "ns/empty-prompt")
			b.ReportMetric(hook, "ns/hook")
			b.ReportMetric(direnv, "ns/direnv")
			b.ReportMetric(direnv/hook, "direnv/hook")
			b.ReportMetric(0, "ns/op") // a round of loops means nothing
		})
	}
}

// BenchmarkStat is the floor: one look at a file that exists.
func BenchmarkStat(b *testing.B) {
	w := newWorld(b)
	publish(b, w.files(b), "npm_one")
	gens, err := filepath.Glob(filepath.Join(w.run, "sandglass", "gen.*"))
	if err != nil || len(gens) != 1 {
		b.Fatal(fmt.Errorf("%v %v", gens, err))
	}
	for b.Loop() {
		if _, err := os.Stat(gens[0]); err != nil {
			b.Fatal(err)
		}
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
