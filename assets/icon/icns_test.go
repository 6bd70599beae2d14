package icon

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"testing"
)

// TestICNS: every picture is under the names of its size, and the lengths lead from one to the next.
func TestICNS(t *testing.T) {
	want := map[string]int{"icp4": 16, "icp5": 32, "ic11": 32, "ic12": 64, "ic07": 128}
	file := ICNS(Spec{State: Ended}, 16, 17, 32, 64, 128)
	if string(file[:4]) != "icns" || binary.BigEndian.Uint32(file[4:]) != uint32(len(file)) {
		t.Fatalf("the file begins with %q", file[:8])
	}
	for rest := file[8:]; len(rest) > 0; {
		kind, length := string(rest[:4]), binary.BigEndian.Uint32(rest[4:])
		img, err := png.Decode(bytes.NewReader(rest[8:length]))
		if err != nil {
			t.Fatal(err)
		}
		if side := want[kind]; img.Bounds() != image.Rect(0, 0, side, side) {
			t.Errorf("%s is %v", kind, img.Bounds())
		}
		delete(want, kind)
		rest = rest[length:]
	}
	if len(want) > 0 {
		t.Errorf("the file lacks %v", want)
	}
}
