package cwlogs

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"whystopped/archive"
)

// Query chooses what Read yields. Its zero value chooses everything.
type Query struct {
	Prefix string // beginning of the names of the streams, as StreamPrefix makes it
	Filter string // filter pattern, as FilterPattern makes it

	// Start and End limit the times of the log events, both included; zero is no limit. A record that was written late
	// has the time at which it was written, so Start may be the earliest stoppedAt that is wanted, and End must not be
	// the latest.
	Start, End time.Time
}

// Read yields the records of the group, the earliest log event first. A log event that is not a record gives an error
// that wraps archive.ErrSkipped and names its stream and id; any other error ends the reading.
func (s *Store) Read(ctx context.Context, q Query) iter.Seq2[archive.Record, error] {
	return func(yield func(archive.Record, error) bool) {
		input := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &s.group}
		if q.Prefix != "" {
			input.LogStreamNamePrefix = &q.Prefix
		}
		if q.Filter != "" {
			input.FilterPattern = &q.Filter
		}
		if !q.Start.IsZero() {
			input.StartTime = aws.Int64(q.Start.UnixMilli())
		}
		if !q.End.IsZero() {
			input.EndTime = aws.Int64(q.End.UnixMilli())
		}
		for {
			page, err := s.client.FilterLogEvents(ctx, input, retrying(ctx))
			if err != nil {
				yield(archive.Record{}, s.explain("logs:FilterLogEvents", "streams "+q.Prefix+"*", err))
				return
			}
			for _, event := range page.Events {
				r, err := archive.Decode([]byte(aws.ToString(event.Message)))
				if err != nil {
					err = fmt.Errorf("log group %q, stream %q, event %s: %w, %w",
						s.group, aws.ToString(event.LogStreamName), aws.ToString(event.EventId), err,
						archive.ErrSkipped)
				}
				if !yield(r, err) {
					return
				}
			}
			if page.NextToken == nil {
				return
			}
			input.NextToken = page.NextToken
		}
	}
}

// Field is a text field of a record, by its name in JSON, and the value that it must have.
type Field struct{ Name, Value string }

const maxFilterPattern = 1024 // characters

// FilterPattern returns the filter pattern that matches every record with all these values, such as { ($.cluster =
// "prod") && ($.verdict = "failure") }, and the empty one without fields. It may match more, so the caller compares the
// records again: a value that has anything but printable ASCII, or one of the characters that mean something inside
// quotes (" \ * %), and what would make the pattern longer than 1,024 characters, is left out. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
func FilterPattern(fields ...Field) string {
	var conditions []string
	length := len("{  }")
	for _, field := range fields {
		condition := fmt.Sprintf(`($.%s = "%s")`, field.Name, field.Value)
		if !quotable(field.Value) || length+len(condition)+len(" && ") > maxFilterPattern {
			continue
		}
		conditions = append(conditions, condition)
		length += len(condition) + len(" && ")
	}
	if conditions == nil {
		return ""
	}
	return "{ " + strings.Join(conditions, " && ") + " }"
}

func quotable(value string) bool {
	return value != "" &&
		!strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\*%`, r) })
}
