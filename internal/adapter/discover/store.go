package discover

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
)

// magic begins an Index's file. Its last character is the version.
const magic = "sandglass-index1"

// maxIndex is how much of a file is taken for an Index: 250,000 folders with long names have half of that.
const maxIndex = 64 << 20

// Save writes ix to a file that only its owner can read, in place of the one that is there. Its folder must be
// one that nobody else can write to.
func (ix *Index) Save(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return fmt.Errorf("save the index of projects: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("save the index of projects: %w", err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(ix.encode())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Load reads what Save wrote. A file that is no whole Index is an error: a scan makes a new one.
func Load(path string) (*Index, error) {
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxIndex) {
		err = errors.New("it is no file of ours")
	}
	if err != nil {
		return nil, fmt.Errorf("load the index of projects: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load the index of projects: %w", err)
	}
	ix, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("load the index of projects from %s: %w", path, err)
	}
	return ix, nil
}

// encode lays an Index down: magic, fingerprint, the folders, and a checksum of it all.
func (ix *Index) encode() []byte {
	b := binary.LittleEndian.AppendUint64([]byte(magic), ix.print)
	b = appendNodes(b, ix.tops)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func appendNodes(b []byte, nodes []node) []byte {
	b = binary.AppendUvarint(b, uint64(len(nodes)))
	for i := range nodes {
		n := &nodes[i]
		b = append(binary.AppendUvarint(b, uint64(len(n.name))), n.name...)
		flags := byte(n.state) << 1
		if n.young {
			flags |= 1
		}
		b = append(b, flags)
		if n.state != read {
			continue
		}
		b = binary.AppendVarint(binary.AppendUvarint(b, n.ino), n.changed)
		b = binary.AppendUvarint(b, n.files)
		for _, k := range n.skips {
			b = binary.AppendUvarint(b, uint64(k))
		}
		b = appendNodes(b, n.kids)
	}
	return b
}

var errDamaged = errors.New("it is damaged")

// decoder takes an Index apart.
type decoder struct {
	b    []byte
	left int // folders that an Index may still have
	bad  bool
}

func decode(data []byte) (*Index, error) {
	const sum = 4
	if !bytes.HasPrefix(data, []byte(magic)) {
		return nil, errors.New("it is of another version")
	}
	if len(data) < len(magic)+8+sum || crc32.ChecksumIEEE(data[:len(data)-sum]) != binary.LittleEndian.Uint32(data[len(data)-sum:]) {
		return nil, errDamaged
	}
	ix := &Index{print: binary.LittleEndian.Uint64(data[len(magic):])}
	d := &decoder{left: 2 * maxKnown, b: data[len(magic)+8 : len(data)-sum]}
	ix.tops = d.nodes(nil, 0)
	if d.bad || len(d.b) > 0 {
		return nil, errDamaged
	}
	return ix, nil
}

// number takes a number off, 0 if there is none.
func (d *decoder) number() uint64 {
	v, n := binary.Uvarint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) signed() int64 {
	v, n := binary.Varint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		d.bad, d.b = true, nil
		return
	}
	d.b = d.b[n:]
}

// name takes a name off. Below the roots it is that of one entry: what an Index names is opened.
func (d *decoder) name(isRoot bool) string {
	l := d.number()
	if l > uint64(len(d.b)) {
		d.bad = true
		return ""
	}
	s := string(d.b[:l])
	d.b = d.b[l:]
	if isRoot {
		d.bad = d.bad || !filepath.IsAbs(s) || strings.ContainsRune(s, 0)
	} else {
		d.bad = d.bad || !isName(s)
	}
	return s
}

// nodes takes the folders in up off. They must be sorted, as they are searched.
func (d *decoder) nodes(up *node, depth int) []node {
	count := d.number()
	if count > uint64(min(len(d.b), d.left)) || depth > maxDepth+1 { // a folder takes more than a byte
		d.bad = true
	}
	if d.bad || count == 0 {
		return nil
	}
	d.left -= int(count)
	out := make([]node, count)
	for i := range out {
		n := &out[i]
		n.name, n.up = d.name(up == nil), up
		if d.bad || len(d.b) == 0 || i > 0 && n.name <= out[i-1].name {
			d.bad = true
			return nil
		}
		flags := d.b[0]
		d.b = d.b[1:]
		n.young, n.state = flags&1 != 0, state(flags>>1)
		d.bad = d.bad || n.state > gone
		if n.state == read {
			d.content(n, depth)
		}
	}
	return out
}

func (d *decoder) content(n *node, depth int) {
	n.ino, n.changed, n.files = d.number(), d.signed(), d.number()
	for i := range n.skips {
		n.skips[i] = uint32(d.number())
	}
	n.kids = d.nodes(n, depth+1)
}
