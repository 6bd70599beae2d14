package npmrc

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// npm is the real one of the tests' own, as is its Node.js.
func npm(t testing.TB) clients.Client {
	t.Helper()
	return clients.Need(t, "npm11")
}

// npmModules is the node_modules of that npm.
func npmModules(t testing.TB) string {
	t.Helper()
	return filepath.Join(filepath.Dir(npm(t).Args[0]), "..", "node_modules")
}

type question struct {
	Op     string            `json:"op"`
	Src    string            `json:"src"`
	Text   string            `json:"text"`
	Env    map[string]string `json:"env,omitempty"`
	Set    map[string]string `json:"set,omitempty"`
	Remove []string          `json:"remove,omitempty"`
}

type answer struct {
	Value json.RawMessage `json:"value"`
	Error string          `json:"error"`
}

func (a answer) text(t testing.TB) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(a.Value, &s); err != nil {
		t.Fatalf("answer %s %s: %v", a.Value, a.Error, err)
	}
	return s
}

func (a answer) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(a.text(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tree is the answer in the canonical form that our own trees are compared in.
func (a answer) tree(t testing.TB) string {
	t.Helper()
	n, ok := parseJSON(string(a.Value))
	if !ok {
		t.Fatalf("answer is no JSON: %s", a.Value)
	}
	return n.json()
}

// asNode is what node's JSON.stringify makes of our tree: it has no infinity.
func asNode(n *node) string {
	var finite func(n *node) *node
	finite = func(n *node) *node {
		c := *n
		if n.kind == KindNumber && strings.HasSuffix(n.text, "Infinity") {
			return &node{kind: KindNull, text: "null"}
		}
		c.items, c.fields = nil, map[string]*node{}
		for _, item := range n.items {
			c.items = append(c.items, finite(item))
		}
		for k, v := range n.fields {
			c.fields[k] = finite(v)
		}
		return &c
	}
	return finite(n).json()
}

func parseQuestion(src []byte) question {
	return question{Op: "parse", Src: base64.StdEncoding.EncodeToString(src)}
}

// npmNode is one node process with npm's own code in it.
type npmNode struct {
	in  *bufio.Writer
	out *bufio.Reader
}

func startNode(t testing.TB) *npmNode {
	t.Helper()
	cmd := exec.Command(clients.Node(t), filepath.Join("testdata", "npm.cjs"), npmModules(t))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("node: %v %s", err, complaints.String())
		}
	})
	return &npmNode{bufio.NewWriter(in), bufio.NewReaderSize(out, 1<<20)}
}

// ask sends a batch and reads the answers, in order. Sending and reading overlap, for neither pipe is endless.
func (n *npmNode) ask(t testing.TB, batch []question) []answer {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		enc := json.NewEncoder(n.in)
		for _, q := range batch {
			if err := enc.Encode(q); err != nil {
				sent <- err
				return
			}
		}
		sent <- n.in.Flush()
	}()
	answers := make([]answer, len(batch))
	dec := json.NewDecoder(n.out)
	for i := range answers {
		if err := dec.Decode(&answers[i]); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	return answers
}
