package discover

import (
	"cmp"
	"slices"
	"strings"
)

// state is what is known of a folder.
type state uint8

const (
	unseen state = iota
	read
	unread
	mount // another file system is there
	gone  // it went away, or is no folder, since the one above was read
)

// What is skipped for good, as long as the folder above stays as it is.
const (
	byName = iota
	byPlace
	byDepth
	skips
)

// node is a folder.
type node struct {
	name    string // of a root: its path
	up      *node
	kids    []node // by name
	files   uint64 // which of Options.Names it holds
	ino     uint64
	changed int64 // the kernel's time of its last change, before it was read
	skips   [skips]uint32
	state   state
	young   bool // a later change may have left the same time on it
}

// kid finds a folder in this one. There is none in nil.
func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(n.kids, name, func(k node, name string) int { return cmp.Compare(k.name, name) })
	if !ok {
		return nil
	}
	return &n.kids[i]
}

func (n *node) path() string {
	var names []string
	for ; n.up != nil; n = n.up {
		names = append(names, n.name)
	}
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(n.name, separator))
	for _, name := range slices.Backward(names) {
		b.WriteString(separator)
		b.WriteString(name)
	}
	if b.Len() == 0 {
		return n.name
	}
	return b.String()
}
