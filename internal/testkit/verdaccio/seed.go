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
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Password is the password of a user.
func Password(user string) string { return "pw-" + user + "-123" }

// seed creates the users and publishes the packages.
func (b *backend) seed() error {
	for _, user := range []string{"alice", "bob"} {
		body := map[string]any{"name": user, "password": Password(user), "type": "user", "roles": []string{}}
		if err := b.put("/-/user/org.couchdb.user:"+user, "", body); err != nil {
			return err
		}
	}
	for name, owner := range map[string]string{"@acme/private": "alice", "@bob/own": "bob", "plain-sand": "alice"} {
		if err := b.publish(name, owner); err != nil {
			return err
		}
	}
	return nil
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

// publish uploads name@1.0.0 the way npm does: one document that holds the tarball.
func (b *backend) publish(name, owner string) error {
	const version = "1.0.0"
	manifest := map[string]any{"name": name, "version": version, "main": "index.js"}
	ball, err := tarball(manifest)
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
	return b.put("/"+url.PathEscape(name), owner, map[string]any{
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

func tarball(manifest map[string]any) ([]byte, error) {
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	box := tar.NewWriter(zip)
	for name, content := range map[string][]byte{
		"package/package.json": text,
		"package/index.js":     []byte("module.exports = 'sand'\n"),
	} {
		if err := box.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			return nil, err
		}
		if _, err := box.Write(content); err != nil {
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
