package npmrc

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// theirs reads a config file with the parser that npm uses, warmed up, and tells the median in nanoseconds.
const theirs = `const ini = require(process.argv[1]), src = require("fs").readFileSync(0, "utf8"), took = []
for (let i = 0; i < 200; i++) { const t = process.hrtime.bigint(); ini.parse(src); took.push(Number(process.hrtime.bigint() - t)) }
console.log(took.sort((a, b) => a - b)[100])`

// BenchmarkAgainstNode compares our parser with npm's own. Figures are medians.
func BenchmarkAgainstNode(b *testing.B) {
	modules := npmModules(b)
	line := "# a comment of some length that nobody reads\n//registry.example.com/:_authToken=${SG_0123456789abcdef}\n"
	src := strings.Repeat(line, 100_000/len(line))
	node := exec.Command(clients.Node(b), "-e", theirs, filepath.Join(modules, "ini"))
	node.Stdin = strings.NewReader(src)
	out, err := node.Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for data := []byte(src); b.Loop(); {
		start := time.Now()
		Parse(data)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	median := float64(took[len(took)/2].Nanoseconds())
	b.ReportMetric(median, "ns/sandglass")
	b.ReportMetric(ns, "ns/node")
	b.ReportMetric(ns/median, "node/sandglass")
}
