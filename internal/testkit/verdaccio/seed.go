package verdaccio

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1" // npm's shasum
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/harvest"
)

// Password is the password of a user.
func Password(user string) string { return "pw-" + user + "-123" }

// seed creates the users and publishes the packages.
func (b *backend) seed() error {
	for _, user := range seeded {
		body := map[string]any{"name": user, "password": Password(user), "type": "user", "roles": []string{}}
		if err := b.put("/-/user/org.couchdb.user:"+user, "", body); err != nil {
			return err
		}
	}
	for _, p := range parcels {
		if err := b.publish(p); err != nil {
			return err
		}
		b.learn(p.name)
	}
	return nil
}

// learn remembers a package that was published.
func (b *backend) learn(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known = append(b.known, name)
}

// names are the packages that were published.
func (b *backend) names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.known)
}

// parcel is a package that is published as version 1.0.0.
type parcel struct {
	name, owner string
	scripts     map[string]string // of its package.json
	files       map[string]string // beside package.json and index.js
}

// seeded are the users that Verdaccio knows.
var seeded = []string{"alice", "bob"}

var parcels = []parcel{
	{name: "@acme/private", owner: "alice"},
	{name: "@bob/own", owner: "bob"},
	{name: "plain-sand", owner: "alice"},
	{name: harvest.Package, owner: "alice", scripts: harvest.Scripts, files: harvest.Files},
}

// put sends JSON to the backend, as owner if there is one.
func (b *backend) put(path, owner string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPut, b.url.String()+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if owner != "" {
		req.Header.Set("Authorization", "Bearer "+b.sign(owner, time.Minute))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusCreated {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<12))
		return fmt.Errorf("put %s: %s: %s", path, res.Status, said)
	}
	return nil
}

// publish uploads a parcel the way npm does: one document that holds the tarball.
func (b *backend) publish(p parcel) error {
	const version = "1.0.0"
	name := p.name
	manifest := map[string]any{"name": name, "version": version, "main": "index.js"}
	if len(p.scripts) > 0 {
		manifest["scripts"] = p.scripts
	}
	ball, err := tarball(manifest, p.files)
	if err != nil {
		return err
	}
	weak, strong := sha1.Sum(ball), sha512.Sum512(ball)
	short := name[strings.IndexByte(name, '/')+1:]
	file := fmt.Sprintf("%s-%s.tgz", name, version)
	manifest["dist"] = map[string]string{
		"shasum":    hex.EncodeToString(weak[:]),
		"integrity": "sha512-" + base64.StdEncoding.EncodeToString(strong[:]),
		"tarball":   fmt.Sprintf("%s/%s/-/%s-%s.tgz", b.url, name, short, version),
	}
	if len(p.scripts) > 0 {
		manifest["hasInstallScript"] = true
	}
	return b.put("/"+url.PathEscape(name), p.owner, map[string]any{
		"_id": name, "name": name,
		"dist-tags": map[string]string{"latest": version},
		"versions":  map[string]any{version: manifest},
		"_attachments": map[string]any{file: map[string]any{
			"content_type": "application/octet-stream",
			"data":         base64.StdEncoding.EncodeToString(ball),
			"length":       len(ball),
		}},
	})
}

func tarball(manifest map[string]any, more map[string]string) ([]byte, error) {
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	box := tar.NewWriter(zip)
	files := map[string]string{"package.json": string(text), "index.js": "module.exports = 'sand'\n"}
	maps.Copy(files, more)
	for name, content := range files {
		if err := box.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(box, content); err != nil {
			return nil, err
		}
	}
	if err := box.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
