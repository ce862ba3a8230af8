package cwlogs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	maxAttempts  = 8
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 5 * time.Second
	minAttempt   = 100 * time.Millisecond // an attempt that has less is not begun
	maxAttempt   = 30 * time.Second       // a batch of 1 MB over a slow line
)

// retrying makes a call try again, as the SDK's standard retryer decides, when it is throttled, answered with 500 to
// 504 or cut off, and also when an attempt hangs or its answer is not the service's own (see requireAnswer): at most
// maxAttempts times, with random pauses whose upper bound doubles from firstBackoff to maxBackoff, and not when the
// pause would leave less than minAttempt to the deadline of ctx. Error codes of the service that pass in this call may
// be added.
func retrying(ctx context.Context, passing ...string) func(*cloudwatchlogs.Options) {
	return func(o *cloudwatchlogs.Options) {
		standard := retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = maxAttempts
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return rand.N(min(maxBackoff, firstBackoff<<max(attempt-1, 0))), nil
			})
			for _, code := range passing {
				o.Retryables = append(o.Retryables, retry.RetryableErrorCode{Codes: map[string]struct{}{code: {}}})
			}
		})
		o.Retryer = untilDeadline{ctx, standard}
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			if err := stack.Finalize.Insert(attemptTimeout{}, "Retry", middleware.After); err != nil {
				return err
			}
			return stack.Deserialize.Add(requireAnswer{}, middleware.After)
		})
	}
}

// untilDeadline gives up when no time is left for another attempt, so that the caller learns the service's answer and
// not only that time ran out.
type untilDeadline struct {
	ctx context.Context
	aws.RetryerV2
}

func (r untilDeadline) RetryDelay(attempt int, answer error) (time.Duration, error) {
	delay, err := r.RetryerV2.RetryDelay(attempt, answer)
	if deadline, ok := r.ctx.Deadline(); err == nil && ok && time.Until(deadline) < delay+minAttempt {
		return 0, fmt.Errorf("no time left for attempt %d: %w", attempt+1, answer)
	}
	return delay, err
}

// unanswered is an attempt that the service did not answer. It hides what the SDK would take for the end of the whole
// call.
type unanswered struct{ how string }

func (e *unanswered) Error() string { return e.how }

// RetryableError reports to the SDK's retryer that the attempt is worth another.
func (e *unanswered) RetryableError() bool { return true }

// attemptTimeout gives an attempt half of the time that is left to the call, so that one that hangs leaves time for
// another.
type attemptTimeout struct{}

func (attemptTimeout) ID() string { return "GiveUpAttemptsThatHang" }

func (attemptTimeout) HandleFinalize(ctx context.Context, in middleware.FinalizeInput,
	next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error) {
	timeout := maxAttempt
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, max(minAttempt, time.Until(deadline)/2))
	}
	attempt, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, metadata, err := next.HandleFinalize(attempt, in)
	if err != nil && errors.Is(attempt.Err(), context.DeadlineExceeded) {
		err = &unanswered{fmt.Sprintf("no answer within %s", timeout.Round(time.Millisecond))}
	}
	return out, metadata, err
}

// requireAnswer refuses what is not the service's own answer: a body that ends too soon, a page of a proxy, or nothing
// at all where the service says what became of the call. Taken as it is, an empty 200 would lose a record without a
// word.
type requireAnswer struct{}

func (requireAnswer) ID() string { return "RequireAnAnswer" }

func (requireAnswer) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput,
	next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	silent := middleware.GetOperationName(ctx) == "CreateLogStream" && response.StatusCode == 200 && len(body) == 0
	switch {
	case err != nil:
		err = &unanswered{fmt.Sprintf("the answer with status %d broke off: %v", response.StatusCode, err)}
	case !silent && !isObject(body):
		err = &unanswered{
			fmt.Sprintf("the answer with status %d is not one of CloudWatch Logs: look for a proxy on the way",
				response.StatusCode)}
	}
	return out, metadata, err
}

// isObject reports whether a body is a whole JSON object, which is how the service answers.
func isObject(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && body[0] == '{' && json.Valid(body)
}
