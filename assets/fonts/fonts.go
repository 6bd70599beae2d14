// Package fonts holds letters for Japanese, for desktops that have none of their own: kana, Japanese
// signs, full-width forms, the kanji of JIS level 1, every character of the Japanese catalogues, and
// Latin, so that all lines stand at one height. What is in neither, another font of the program must
// have. There is no monospaced one. packaging/fonts/make cuts them out of Noto Sans CJK JP; OFL.txt is
// their licence, which whoever passes them on must pass on too.
//
// They are 1.7 MB, so only the window's program may import this package.
package fonts

import _ "embed"

// Regular is the weight of running text, an OpenType file.
//
//go:embed japanese-regular.otf
var Regular []byte

// Bold is the weight of headings, an OpenType file.
//
//go:embed japanese-bold.otf
var Bold []byte
