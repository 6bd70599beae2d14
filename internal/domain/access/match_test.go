package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// secret makes one of npm's shape.
func secret(n int) token.Secret {
	entropy := fmt.Sprintf("%04d%022dAbCd", n, n*n)
	return token.NewSecret("npm_" + entropy + token.Checksum(entropy))
}

func TestMasks(t *testing.T) {
	s := secret(7)
	text := s.Reveal()
	for shown, want := range map[string]bool{
		text[:8] + "..." + text[36:]: true, text[:8] + "…" + text[36:]: true, text[:8] + "***" + text[36:]: true, text[:10]: true, text[:9]: false, "npm_": false, "": false,
		"…": false, "...": false, text[:8] + "…XXXX": false, text: true, text + "…x": false, text[:30] + "…" + text[20:]: false,
	} {
		if Masks(shown, s) != want {
			t.Errorf("%q: want %v", shown, want)
		}
	}
}

// TestMaskedShowsLittle: what is shown of a credential is what its registry shows, and of a password nothing of its end.
func TestMaskedShowsLittle(t *testing.T) {
	npm := secret(7).Reveal()
	for text, want := range map[string]string{
		npm:                                    npm[:8] + "…" + npm[36:],
		"ghp_" + strings.Repeat("a", 36):       "ghp_…aaaa",
		"hunter2":                              "…",
		"":                                     "…",
		"YWxpY2U6aHVudGVyMg==":                 "YWxp…",
		"correct horse battery staple":         "…",
		"日本語日本語日本語日本語":                         "…",
		"00000000-1111-4222-8333-444444444444": "0000…4444",
	} {
		if got := Masked(token.NewSecret(text)); got != want {
			t.Errorf("of a text of %d bytes %q is shown, want %q", len(text), got, want)
		}
	}
	if !Masks(Masked(secret(7)), secret(7)) {
		t.Error("its own masked form is not recognised")
	}
}

// TestIndex: an index finds what trying each would find.
func TestIndex(t *testing.T) {
	var x Index[int]
	for i := range 300 {
		if i%3 == 0 {
			x.AddMasked(Masked(secret(i)), i)
		} else {
			x.Add(secret(i), i)
		}
	}
	x.Add(token.NewSecret("short"), -1)
	x.Add(token.Secret{}, -2)
	for i := range 300 {
		text := secret(i).Reveal()
		for _, shown := range []string{Masked(secret(i)), text[:8] + "..." + text[37:], text[:12], "npm_", "", "…", "x…y"} {
			var want []int
			for j := range 300 {
				if Masks(shown, secret(j)) && (j%3 > 0 || len(shown) != 12 && shown != "…") {
					want = append(want, j)
				}
			}
			if got := x.Find(shown); !slices.Equal(got, want) {
				t.Fatalf("%q: %v, want %v", shown, got, want)
			}
		}
	}
}

func TestFind(t *testing.T) {
	list := []Token{
		{ID: "aaaaaaaa-1111", Name: "ci", Masked: "npm_abcd…1234"},
		{ID: "aaaaaaaa-2222", Name: "laptop", Masked: "npm_efgh…1234"},
		{ID: "bbbbbbbb-3333", Name: "twice", Masked: "npm_ijkl…1234"},
		{ID: "cccccccc-4444", Name: "twice", Masked: "npm_ijkl…1234"},
		{ID: "dddddddd-5555", Name: "aaaaaaaa-1111"},
		{Name: "nothing told"},
	}
	for word, want := range map[string]any{
		"aaaaaaaa-1111": list[0].ID, "AAAAAAAA-2222": list[1].ID, " aaaaaaaa-2": list[1].ID, "bbbbbb": list[2].ID, "bbbbb": ErrNone, "aaaaaaaa": ErrSeveral,
		"ci": list[0].ID, "CI": ErrNone, "twice": ErrSeveral, "npm_abcd...1234": list[0].ID, "npm_efgh***1234": list[1].ID, "npm_ijkl…1234": ErrSeveral,
		"npm_abcd": ErrNone, "…": ErrNone, "": ErrNone, "  ": ErrNone, "dddddddd-5555-more": ErrNone,
	} {
		got, err := Find(list, word)
		switch want := want.(type) {
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%q: %+v, %v, want %v", word, got, err, want)
			}
		case string:
			if err != nil || got.ID != want {
				t.Errorf("%q: %+v, %v, want %s", word, got, err, want)
			}
		}
		if err != nil && word != "" && strings.TrimSpace(word) != "" && strings.Contains(err.Error(), word) && len(word) > 2 {
			t.Errorf("the error repeats %q", word)
		}
	}
}
