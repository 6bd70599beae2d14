package demo

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// pkg is a package that can be installed.
type pkg struct {
	name        string
	description string
	private     bool
	versions    []version // the oldest first
}

type version struct {
	number    string
	manifest  map[string]any
	tarball   []byte
	shasum    string
	integrity string
	published time.Time
}

// buildPackages packs the two packages. The same bytes come out every time.
func buildPackages() ([]*pkg, error) {
	all := []*pkg{
		{name: "@acme/private", description: "Only for those who are logged in.", private: true},
		{name: "@acme/public", description: "For everybody."},
	}
	numbers := [][]string{{"1.0.0", "1.1.0", "2.0.0"}, {"1.0.0"}}
	for i, p := range all {
		for n, number := range numbers[i] {
			v, err := p.pack(number, n)
			if err != nil {
				return nil, err
			}
			p.versions = append(p.versions, v)
		}
	}
	return all, nil
}

func (p *pkg) pack(number string, index int) (version, error) {
	v := version{number: number, published: time.Date(2026, time.January, 5+7*index, 9, 0, 0, 0, time.UTC)}
	v.manifest = map[string]any{"name": p.name, "version": number, "description": p.description, "main": "index.js", "license": "MIT"}
	manifest, err := json.MarshalIndent(v.manifest, "", "  ")
	if err != nil {
		return version{}, err
	}
	files := []struct{ name, content string }{
		{"package/package.json", string(manifest) + "\n"},
		{"package/index.js", fmt.Sprintf("module.exports = %q;\n", p.name+" "+number)},
		{"package/README.md", "# " + p.name + "\n\n" + p.description + "\n"},
	}
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	archive := tar.NewWriter(packed)
	for _, f := range files {
		// npm's own packing stamps every file with this moment, so that archives are reproducible.
		h := &tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.content)), ModTime: time.Date(1985, time.October, 26, 8, 15, 0, 0, time.UTC), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(h); err != nil {
			return version{}, err
		}
		if _, err := archive.Write([]byte(f.content)); err != nil {
			return version{}, err
		}
	}
	if err := archive.Close(); err != nil {
		return version{}, err
	}
	if err := packed.Close(); err != nil {
		return version{}, err
	}
	v.tarball = out.Bytes()
	old, strong := sha1.Sum(v.tarball), sha512.Sum512(v.tarball)
	v.shasum = hex.EncodeToString(old[:])
	v.integrity = "sha512-" + base64.StdEncoding.EncodeToString(strong[:])
	return v, nil
}

// file is the name of a version's archive.
func (p *pkg) file(number string) string {
	_, short, _ := strings.Cut(p.name, "/")
	return short + "-" + number + ".tgz"
}

// document is what the registry tells of a package, with addresses under base.
func (p *pkg) document(base string) map[string]any {
	versions, times := map[string]any{}, map[string]string{}
	for _, v := range p.versions {
		m := map[string]any{"_id": p.name + "@" + v.number}
		for key, value := range v.manifest {
			m[key] = value
		}
		m["dist"] = map[string]string{"tarball": base + "/" + p.name + "/-/" + p.file(v.number), "shasum": v.shasum, "integrity": v.integrity}
		versions[v.number] = m
		times[v.number] = v.published.Format(time.RFC3339)
	}
	last := p.versions[len(p.versions)-1]
	times["created"], times["modified"] = p.versions[0].published.Format(time.RFC3339), last.published.Format(time.RFC3339)
	return map[string]any{
		"_id": p.name, "name": p.name, "description": p.description, "dist-tags": map[string]string{"latest": last.number},
		"versions": versions, "time": times, "modified": times["modified"],
	}
}

// servePackage answers with a package's document or archive. Who may not see it finds nothing.
func (r *Registry) servePackage(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/" {
		reply(w, http.StatusOK, map[string]string{"db_name": "sandglass demo"})
		return
	}
	name, file, archive := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/-/")
	for _, p := range r.packages {
		if p.name != name || p.private && !r.maySee(req, name) {
			continue
		}
		if !archive {
			reply(w, http.StatusOK, p.document("http://"+req.Host))
			return
		}
		for _, v := range p.versions {
			if p.file(v.number) == file {
				w.Header().Set("Content-Type", "application/octet-stream")
				_, _ = w.Write(v.tarball) // the caller has gone; there is nobody to tell
				return
			}
		}
	}
	refuse(w, http.StatusNotFound, "Not found")
}

// maySee tells whether a request comes with a session, or with an access token that is for the package.
func (r *Registry) maySee(req *http.Request, name string) bool {
	c := r.caller(req)
	return c != nil && (c.session || c.asked.Covers(name))
}

// refusePublish answers as npm's public registry does: 404 for strangers, 403 for those who may not.
func (r *Registry) refusePublish(w http.ResponseWriter, req *http.Request) {
	if r.caller(req) == nil {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	refuse(w, http.StatusForbidden, "The demo registry takes no packages.")
}
