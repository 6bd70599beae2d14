package icon

import (
	"fmt"
	"testing"
)

// BenchmarkFrame is what a frame of the window's moving sandglass costs; still is one that nothing
// was painted for before.
func BenchmarkFrame(b *testing.B) {
	for _, size := range []int{48, 112, 256} {
		s := Spec{State: Running, Share: 0.6, Exact: true, Fine: true, Size: size}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				s.Fall = float64(1+i%8) / 9
				Render(s)
			}
		})
		s.Fall = 0
		b.Run(fmt.Sprint(size, " still"), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				Render(s)
			}
		})
	}
}
