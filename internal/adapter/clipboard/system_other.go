//go:build !linux && !windows && !(darwin && cgo)

package clipboard

import (
	"context"
	"errors"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func take(context.Context, token.Secret) (claim, error) { return nil, errors.ErrUnsupported }
