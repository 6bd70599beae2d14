package icon

import (
	"bytes"
	"encoding/binary"
	"image"
)

// icnsTypes are macOS's names for PNG pictures by pixels a side: for a common screen, and for one of
// twice the density, where the picture stands for one of half its side.
var icnsTypes = map[int][]string{
	16: {"icp4"}, 32: {"icp5", "ic11"}, 64: {"ic12"}, 128: {"ic07"},
	256: {"ic08", "ic13"}, 512: {"ic09", "ic14"}, 1024: {"ic10"},
}

// ICNS is a macOS icon with the picture in each of the sizes: 16, 32, 64, 128, 256, 512, 1024. The
// format has no place for others.
func ICNS(s Spec, sizes ...int) []byte {
	return container(sizes, func(size int) *image.NRGBA {
		s.Size = size
		return Render(s)
	})
}

// container puts pictures of several sizes into a macOS icon.
func container(sizes []int, render func(size int) *image.NRGBA) []byte {
	var body bytes.Buffer
	for _, size := range sizes {
		types := icnsTypes[size]
		if types == nil {
			continue
		}
		data := encode(render(size))
		for _, kind := range types {
			body.Write(block(kind, data))
		}
	}
	return block("icns", body.Bytes())
}

// block is a name of four letters, the length of the whole, and what it holds.
func block(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32([]byte(kind), uint32(8+len(data)))
	return append(out, data...)
}
