package watch

import (
	"slices"

	"golang.org/x/sys/unix"
)

// remoteTypes are the file systems that change without this machine's kernel knowing: inotify tells only
// of what was done here.
var remoteTypes = []int64{
	unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC,
	unix.V9FS_MAGIC, unix.FUSE_SUPER_MAGIC, unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC,
	unix.CEPH_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.NCP_SUPER_MAGIC, unix.OCFS2_SUPER_MAGIC,
	0x786f4256, // VirtualBox shared folders
	0x0bd00bd0, // Lustre
	0x01161970, // GFS2
}

// remote tells whether a folder lies on such a file system.
func remote(dir string) bool {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return false
	}
	return slices.Contains(remoteTypes, int64(uint32(st.Type)))
}
