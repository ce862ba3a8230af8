package account

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
)

// refusal is what a failed call means for the person who runs it, in one sentence with what to do. The error of the AWS
// SDK behind it, a chain of its own words, is not told.
type refusal struct {
	says string
	err  error
}

func (r *refusal) Error() string { return r.says }
func (r *refusal) Unwrap() error { return r.err }

func refuse(err error, format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...), err}
}

// What the error codes of AWS mean, whichever service answers. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and the same page of other services.
var (
	denials = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized",
		"AuthorizationError"}
	expiries = []string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
	unknowns = []string{"UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "OptInRequired",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
		"IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch"}
)

// logInAgain adds how to log in to an error of credentials.
func logInAgain(profile string, err error) error {
	words := []string{"aws", "sso", "login"}
	if profile != "" {
		words = append(words, "--profile", profile)
	}
	return screen.Advise(err, classifier.CommandLine(words...),
		"where the profile signs in with IAM Identity Center; then run the command once more")
}

// explainRefusal says what a failed call means for the person who runs it: which action is to be allowed on what, or
// what is wrong with the credentials, the Region or the network.
func explainRefusal(action, on string, err error) error {
	code := codeOf(err)
	switch {
	case errors.Is(err, context.Canceled):
		return refuse(err, "%s on %s: interrupted", action, on)
	case refreshes(err):
		return explainCredentials("", err)
	case slices.Contains(denials, code):
		return refuse(err, "not allowed to call %s: allow it on %s: %s", action, on, said(err))
	case slices.Contains(expiries, code):
		return logInAgain("", refuse(err, "the AWS credentials have expired: log in again"))
	case slices.Contains(unknowns, code):
		return logInAgain("", refuse(err, "AWS does not take these credentials for %s: log in again; where that "+
			"Region is not enabled for the account, name another with --region: %s", on, said(err)))
	case throttled(err):
		return refuse(err, "AWS throttles %s on %s: wait a minute and run the command again: %s", action, on, said(err))
	case code == "":
		return refuse(err, "no answer to %s on %s: check the network, the Region and AWS_ENDPOINT_URL: %s", action, on,
			said(err))
	}
	return refuse(err, "%s on %s: %s", action, on, said(err))
}

// explainCredentials says why there are no credentials; profile is the one that was given for them, if any.
func explainCredentials(profile string, err error) error {
	code := codeOf(err)
	switch text := err.Error(); {
	case strings.Contains(text, "SSO"):
		return logInAgain(profile, refuse(err, "there is no AWS SSO session, or it has expired"))
	case slices.Contains(expiries, code):
		return logInAgain(profile, refuse(err, "the AWS credentials have expired: log in again"))
	case code != "":
		return refuse(err, "no AWS credentials: the role of the profile cannot be assumed: name another with "+
			"--profile or AWS_PROFILE: %s", said(err))
	case strings.Contains(text, "IMDS"): // nothing else was found, and this is no instance
		return refuse(err, noCredentials)
	}
	return refuse(err, "%s: %s", noCredentials, said(err))
}

const noCredentials = "no AWS credentials: log in, or name a profile that has them with --profile or AWS_PROFILE"

// codeOf is the error code that AWS answered with, empty where it did not answer.
func codeOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

// throttled reports whether AWS answered that it is asked too much.
func throttled(err error) bool {
	_, throttled := retry.DefaultThrottleErrorCodes[codeOf(err)]
	return throttled
}

// refreshes reports whether a call was not made because there were no more credentials for it.
func refreshes(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), "failed to refresh cached credentials") {
			return true
		}
	}
	return false
}

// said is what AWS said, or what kept the call from it, without the SDK's words around it.
func said(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": ")
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		return network.Error()
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// plain is an error without the words of the SDK in its text.
func plain(err error) error {
	sdk, ok := errors.AsType[*smithy.OperationError](err)
	if !ok {
		return err
	}
	return refuse(err, "%s", strings.Replace(err.Error(), sdk.Error(), said(sdk), 1))
}
