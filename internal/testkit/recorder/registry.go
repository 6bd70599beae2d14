package recorder

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// answer is a registry that has every package at version 1.0.0, below any path. base is its address
// without the last slash.
func answer(w http.ResponseWriter, q *http.Request, base string) {
	if q.Method != http.MethodGet && q.Method != http.MethodHead {
		http.Error(w, "{}", http.StatusNotFound)
		return
	}
	path := q.URL.EscapedPath()
	if before, _, ok := strings.Cut(path, "/-/"); ok {
		_, name := split(before)
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(tarball(name)) // the client went away
		return
	}
	prefix, name := split(path)
	blob := tarball(name)
	short := sha1.Sum(blob)
	base = strings.TrimSuffix(base, "/") + prefix
	version := map[string]any{
		"name": name, "version": "1.0.0",
		"dist": map[string]any{
			"tarball":   base + "/" + name + "/-/x-1.0.0.tgz",
			"integrity": Integrity(name),
			"shasum":    hex.EncodeToString(short[:]),
		},
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // the client went away
		"_id": name, "name": name, "dist-tags": map[string]string{"latest": "1.0.0"},
		"versions": map[string]any{"1.0.0": version},
		"time":     map[string]string{"created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z"},
	})
}

// Integrity is the checksum of a package of that name, as lock files have it.
func Integrity(name string) string {
	sum := sha512.Sum512(tarball(name))
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// split cuts an escaped path into what stands before a package's name, and the name.
func split(path string) (prefix, name string) {
	i := strings.LastIndexByte(path, '/')
	if j := strings.LastIndexByte(path[:max(i, 0)], '/'); j >= 0 && strings.HasPrefix(path[j+1:], "@") {
		i = j
	}
	name = path[i+1:]
	if clear, err := url.PathUnescape(name); err == nil {
		name = clear
	}
	return path[:max(i, 0)], name
}

// tarball packs the package.json of a package that does nothing.
func tarball(name string) []byte {
	text, err := json.Marshal(map[string]string{"name": name, "version": "1.0.0"})
	if err != nil {
		panic(err) // a map of texts can be written
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	t := tar.NewWriter(z)
	for _, step := range []error{
		t.WriteHeader(&tar.Header{Name: "package/package.json", Mode: 0o644, Size: int64(len(text))}),
		func() error { _, err := t.Write(text); return err }(),
		t.Close(), z.Close(),
	} {
		if step != nil {
			panic(step) // writing to memory does not fail
		}
	}
	return out.Bytes()
}
