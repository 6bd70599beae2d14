package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// transportError says why no whole answer came. The cause itself is left out: its text can quote the
// address, which holds the credential at logout, or bytes that the registry sent.
func transportError(parent context.Context, err error) error {
	if parent.Err() != nil {
		return parent.Err()
	}
	if why := certificate(err); why != "" {
		return fmt.Errorf("%w: %s", agent.ErrUnsafe, why)
	}
	return fmt.Errorf("%w: %s", agent.ErrOffline, reason(err))
}

func certificate(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		noRoots  x509.SystemRootsError
		insecure x509.InsecureAlgorithmError
	)
	switch {
	case errors.As(err, &unknown):
		return "its certificate is signed by nobody that this machine trusts"
	case errors.As(err, &name):
		return "its certificate is another host's"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet"
	case errors.As(err, &noRoots):
		return "this machine has no list of trusted certificates"
	case errors.As(err, &invalid), errors.As(err, &insecure), errors.As(err, &verify):
		return "its certificate is not valid"
	}
	return ""
}

func reason(err error) string {
	var (
		dns     *net.DNSError
		network net.Error
		errno   syscall.Errno
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "its host name is not known"
	case errors.As(err, &dns):
		return "its host name cannot be looked up"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "it took too long"
	case errors.As(err, &errno):
		return errno.Error()
	}
	return "the connection broke"
}
