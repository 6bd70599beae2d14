package registrysuite_test

import (
	"context"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/demo"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/registrysuite"
)

func TestDemoRegistry(t *testing.T) {
	registrysuite.Run(t, func(t *testing.T) registrysuite.Server {
		reg, err := demo.Start(t.Context(), demo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = reg.Close() })
		return registrysuite.Server{
			URL: reg.URL(), User: demo.DefaultUser, Password: demo.DefaultPassword, RevokesOnLogout: true, Couch: true,
			AnswerPage: func(ctx context.Context, page, user, password string) error {
				return reg.Answer(ctx, page, user, token.NewSecret(password))
			},
			Expire: func(_ context.Context, s token.Secret) (token.Secret, error) {
				reg.ExpireAll()
				return s, nil
			},
		}
	})
}
