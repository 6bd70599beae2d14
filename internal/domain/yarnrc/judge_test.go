package yarnrc

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// question is one to yarn's own code; testdata/judge.cjs answers.
type question struct {
	Op      string            `json:"op"`
	Src     []byte            `json:"src"` // base64 on the way
	Text    string            `json:"text"`
	Package string            `json:"package"`
	Env     map[string]string `json:"env"`
}

type answer struct {
	Value json.RawMessage `json:"value"`
	Error string          `json:"error"`
}

// ask puts a batch of questions to real yarn 4 in one run.
func ask(t testing.TB, batch []question) []answer {
	t.Helper()
	yarn := clients.Need(t, "yarn4")
	home := clients.NewHome(t, "http://127.0.0.1:9/")
	judge, err := os.ReadFile(filepath.Join("testdata", "judge.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	home.Write(t, "work/judge.cjs", string(judge), 0o600)
	home.Write(t, "work/.yarnrc.yml", "plugins: [./judge.cjs]\n", 0o600)
	home.Write(t, "work/package.json", "{}", 0o600)
	var in bytes.Buffer
	for _, q := range batch {
		if err := json.NewEncoder(&in).Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := yarn.Command(ctx, home.Work(), home.Env(), "judge")
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("yarn judge: %v\n%s", err, out)
	}
	answers := make([]answer, len(batch))
	dec := json.NewDecoder(bytes.NewReader(out))
	for i := range answers {
		if err := dec.Decode(&answers[i]); err != nil {
			t.Fatalf("answer %d of %d: %v\n%.300s", i, len(batch), err, out)
		}
	}
	return answers
}

// said lists the texts of a file as yarn read them, in a form that ours can be compared with.
func (a answer) said(t testing.TB) string {
	t.Helper()
	var pairs [][2]any
	if err := json.Unmarshal(a.Value, &pairs); err != nil {
		t.Fatalf("%s: %v", a.Value, err)
	}
	lines := make([]string, len(pairs))
	for i, p := range pairs {
		b, _ := json.Marshal(p)
		lines[i] = string(b)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func saidByUs(scalars []yamldoc.Scalar) string {
	lines := make([]string, len(scalars))
	for i, s := range scalars {
		p := [2]any{s.Path, s.Value}
		if !s.Set {
			p[1] = nil
		}
		b, _ := json.Marshal(p)
		lines[i] = string(b)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func parseQuestion(src []byte) question { return question{Op: "parse", Src: src} }
