package registrysuite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/registrysuite"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

const user = "alice"

// TestVerdaccio is the suite against a real Verdaccio, by its own login page.
func TestVerdaccio(t *testing.T) {
	registrysuite.Run(t, func(t *testing.T) registrysuite.Server {
		v := verdaccio.Start(t, verdaccio.Options{})
		return registrysuite.Server{
			URL: v.Backend, User: user, Password: verdaccio.Password(user), AnswerPage: answerVerdaccio,
			Expire: func(context.Context, token.Secret) (token.Secret, error) {
				return token.NewSecret(v.Mint(user, -time.Minute)), nil
			},
		}
	})
}

// answerVerdaccio does what the script of Verdaccio's login page does.
func answerVerdaccio(ctx context.Context, page, name, password string) error {
	u, err := url.Parse(page)
	if err != nil {
		return err
	}
	next, err := u.Parse(u.Query().Get("next"))
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"username": name, "password": password})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, next.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("sign in at Verdaccio: %s", res.Status)
	}
	return nil
}

// TestVerdaccioBehindItsFront is the suite against the front that the other tests use.
func TestVerdaccioBehindItsFront(t *testing.T) {
	for name, opaque := range map[string]bool{"jwt": false, "opaque": true} {
		t.Run(name, func(t *testing.T) {
			registrysuite.Run(t, func(t *testing.T) registrysuite.Server {
				v := verdaccio.Start(t, verdaccio.Options{Opaque: opaque})
				return registrysuite.Server{
					URL: v.URL, User: user, Password: verdaccio.Password(user), RevokesOnLogout: true,
					AnswerPage: func(_ context.Context, page, name, password string) error { return v.Answer(page, name, password) },
					Expire: func(_ context.Context, s token.Secret) (token.Secret, error) {
						v.End(s.Reveal())
						return s, nil
					},
				}
			})
		})
	}
}
