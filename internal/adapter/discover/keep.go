package discover

import (
	"cmp"
	"slices"
	"time"
)

// MaxWatch is how many folders Watch lists where the caller knows no other number: a watch takes about a kilobyte
// of the kernel's memory, and other programs of the user's want some too.
const MaxWatch = 2000

// fresh is how long ago a folder changed that may still be in the making: a clone, an unpacked archive.
const fresh = 10 * time.Minute

// Watch lists the folders whose entries are worth watching, the most important first, limit at most: the roots, the
// projects, the folders that hold projects, what else lies in those and in the roots, and what changed in the
// ten minutes before now. A project that comes, goes or moves beside a known one changes one of them. After
// each Look the list is another: what is new in a watched folder comes onto it.
//
// Paths that end in a separator, as adapter/watch has those of folders, are good for Look.
//
// A project that appears in a folder that is not on the list is found by the next Again.
func (ix *Index) Watch(limit int, now time.Time) []string {
	var ranks [5][]*node
	var down func(kids []node, near bool)
	down = func(kids []node, near bool) {
		for i := range kids {
			n := &kids[i]
			parent := slices.ContainsFunc(n.kids, func(k node) bool { return k.files != 0 })
			if r := n.rank(parent, near, now); r < len(ranks) && (n.state == read || n.state == unread) {
				ranks[r] = append(ranks[r], n)
			}
			down(n.kids, parent || n.up == nil)
		}
	}
	down(ix.tops, false)
	var out []string
	for _, nodes := range ranks {
		// Of many the ones that change most recently are the ones that people work in.
		slices.SortStableFunc(nodes, func(a, b *node) int { return cmp.Compare(b.changed, a.changed) })
		for _, n := range nodes {
			if len(out) >= limit {
				return out
			}
			out = append(out, n.path())
		}
	}
	return out
}

// rank says how much a folder is worth watching, 0 most. parent: it holds projects; near: the one above does, or is
// a root.
func (n *node) rank(parent, near bool, now time.Time) int {
	switch {
	case n.up == nil:
		return 0
	case n.files != 0:
		return 1
	case parent:
		return 2
	case near:
		return 3
	case now.Sub(time.Unix(0, n.changed)) < fresh:
		return 4
	}
	return 5
}

// Changes tells which projects came, went, or hold other files now, by folder, in order.
func Changes(before, after Result) (came, went, other []string) {
	was := map[string][]string{}
	for _, p := range before.Projects {
		was[p.Dir] = p.Files
	}
	for _, p := range after.Projects {
		files, ok := was[p.Dir]
		switch {
		case !ok:
			came = append(came, p.Dir)
		case !slices.Equal(files, p.Files):
			other = append(other, p.Dir)
		}
		delete(was, p.Dir)
	}
	for _, p := range before.Projects {
		if _, ok := was[p.Dir]; ok {
			went = append(went, p.Dir)
		}
	}
	return came, went, other
}
