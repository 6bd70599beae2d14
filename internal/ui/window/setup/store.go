package setup

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/ui/window/keep"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// keepStep asks where logins are kept. What is chosen is carried out by the next step.
type keepStep struct {
	r   *Room
	box *fyne.Container
}

func newKeepStep(r *Room) *keepStep {
	s := &keepStep{r: r}
	p := r.d.P
	later := look.Caption(p.T("setup.keep.later"))
	later.Hide()
	r.form = keep.New(r.d, r.hand, func() {
		later.Hidden = !r.form.Changes()
		s.box.Refresh()
		r.reach.chosen()
		r.update()
	})
	title := look.NewLabel(p.T("setup.keep"), look.SizeHead, look.Ink).Bold().Wrapped()
	text := look.NewLabel(p.T("setup.keep.text"), look.SizeText, look.Dim).Wrapped()
	s.box = look.Panel(look.Column(2*look.Grid, look.Column(look.Grid/2, title, text), r.form.Content(), later))
	return s
}

func (s *keepStep) content() fyne.CanvasObject { return s.box }
func (s *keepStep) enter()                     {}
func (s *keepStep) leave()                     {}
func (s *keepStep) show()                      {}
func (s *keepStep) tick(time.Time)             {}
func (s *keepStep) offer() offer               { return offer{skip: true} }
func (s *keepStep) back() bool                 { return false }
