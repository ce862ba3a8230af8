package cwlogs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

const (
	maxAttempts  = 8
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 5 * time.Second
	minAttempt   = 100 * time.Millisecond // an attempt that has less is not begun
)

// retrying makes a call try again, as the SDK's standard retryer decides, when it is throttled, answered with 500 to 504 or cut
// off: at most maxAttempts times, with random pauses whose upper bound doubles from firstBackoff to maxBackoff, and not when the
// pause would leave less than minAttempt to the deadline of ctx.
func retrying(ctx context.Context) func(*cloudwatchlogs.Options) {
	return func(o *cloudwatchlogs.Options) {
		o.Retryer = untilDeadline{ctx, retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = maxAttempts
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return rand.N(min(maxBackoff, firstBackoff<<max(attempt-1, 0))), nil
			})
		})}
	}
}

// untilDeadline gives up when no time is left for another attempt, so that the caller learns the service's answer and not only
// that time ran out.
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
