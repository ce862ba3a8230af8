// Package cwlogs writes records to a CloudWatch Logs group and reads them back: one log event per record, one log
// stream per cluster and service or task definition family.
//
// It promises that a put returns nil only when CloudWatch Logs has taken every record, that a record is kept whatever
// its age, and that what fails says which group, stream and permission are meant. A record may be written more than
// once, when an answer is lost on its way; readers tell by dedupKey. Nothing is remembered from one call to the next.
package cwlogs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"whystopped/archive"
)

// What PutLogEvents takes at once
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
const (
	maxBatchBytes  = 1_048_576 // texts in UTF-8 and eventOverhead for each
	eventOverhead  = 26        // bytes
	maxBatchEvents = 10_000
	maxBatchSpan   = 24 * time.Hour
	maxAge         = 14 * 24 * time.Hour
	maxAhead       = 2 * time.Hour
)

// Store is the archive in one log group.
type Store struct {
	Now func() time.Time // the present time

	client *cloudwatchlogs.Client
	group  string
}

// New returns the store in the log group called group, which must exist when it is used.
func New(client *cloudwatchlogs.Client, group string) *Store {
	return &Store{Now: time.Now, client: client, group: group}
}

// Put writes one record, as PutAll does.
func (s *Store) Put(ctx context.Context, r archive.Record) error {
	return s.PutAll(ctx, []archive.Record{r})
}

// PutAll writes records in as few calls as PutLogEvents allows and returns nil only when all of them are stored. It
// stops at the first failure; the error then says how many records were certainly written.
//
// The time of a log event is the record's stoppedAt, or else its recordedAt, and the present time when CloudWatch Logs
// does not take that one: more than 14 days or the group's retention ago, or more than two hours ahead.
func (s *Store) PutAll(ctx context.Context, records []archive.Record) error {
	var streams []string
	events := map[string][]types.InputLogEvent{}
	now := s.Now()
	for _, r := range records {
		line, err := r.Encode()
		if err != nil {
			return err
		}
		stream := StreamName(r)
		if events[stream] == nil {
			streams = append(streams, stream)
		}
		events[stream] = append(events[stream], types.InputLogEvent{
			Message:   aws.String(string(line)),
			Timestamp: aws.Int64(timestamp(r, now).UnixMilli()),
		})
	}

	written := 0
	for _, stream := range streams {
		for _, batch := range batches(events[stream]) {
			if err := s.putBatch(ctx, stream, batch); err != nil {
				if len(records) > 1 {
					return fmt.Errorf("%d of %d records written, then: %w", written, len(records), err)
				}
				return err
			}
			written += len(batch)
		}
	}
	return nil
}

func timestamp(r archive.Record, now time.Time) time.Time {
	t := r.StoppedAt.Time
	if t.IsZero() {
		t = r.RecordedAt.Time
	}
	if t.Before(now.Add(-maxAge)) || t.After(now.Add(maxAhead)) {
		return now
	}
	return t
}

// batches sorts events by time and cuts them into what PutLogEvents takes at once.
func batches(events []types.InputLogEvent) [][]types.InputLogEvent {
	slices.SortStableFunc(events, func(a, b types.InputLogEvent) int { return cmp.Compare(*a.Timestamp, *b.Timestamp) })
	var all [][]types.InputLogEvent
	start, bytes := 0, 0
	for i, event := range events {
		size := len(*event.Message) + eventOverhead
		if bytes+size > maxBatchBytes || i-start == maxBatchEvents ||
			*event.Timestamp-*events[start].Timestamp >= maxBatchSpan.Milliseconds() {
			all = append(all, events[start:i])
			start, bytes = i, 0
		}
		bytes += size
	}
	return append(all, events[start:])
}

// putBatch writes the events of one batch; those that CloudWatch Logs rejects for their time are written once more with
// the present one.
func (s *Store) putBatch(ctx context.Context, stream string, events []types.InputLogEvent) error {
	info, err := s.put(ctx, stream, events)
	if err != nil || info == nil {
		return err
	}
	again := rejected(events, info)
	for i := range again {
		again[i].Timestamp = aws.Int64(s.Now().UnixMilli())
	}
	info, err = s.put(ctx, stream, again)
	if err != nil {
		return err
	}
	if info != nil {
		return fmt.Errorf("write to log group %q, stream %q: CloudWatch Logs rejected the time of %d records and "+
			"then the present time: set the clock of this machine",
			s.group, stream, len(rejected(again, info)))
	}
	return nil
}

// rejected returns copies of the events that CloudWatch Logs answered it did not store. Both end indexes are exclusive,
// the start index is inclusive
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html). An answer that
// names none is taken to mean all.
func rejected(events []types.InputLogEvent, info *types.RejectedLogEventsInfo) []types.InputLogEvent {
	n := int32(len(events))
	old := min(n, max(aws.ToInt32(info.TooOldLogEventEndIndex), aws.ToInt32(info.ExpiredLogEventEndIndex)))
	ahead := n
	if info.TooNewLogEventStartIndex != nil {
		ahead = min(n, max(old, *info.TooNewLogEventStartIndex))
	}
	rest := slices.Concat(events[:old], events[ahead:])
	if len(rest) == 0 {
		return slices.Clone(events)
	}
	return rest
}

// put writes events in one call, creating the stream if there is none, and returns what CloudWatch Logs says it
// rejected.
func (s *Store) put(ctx context.Context, stream string, events []types.InputLogEvent) (*types.RejectedLogEventsInfo,
	error) {
	input := &cloudwatchlogs.PutLogEventsInput{LogGroupName: &s.group, LogStreamName: &stream, LogEvents: events}
	out, err := s.client.PutLogEvents(ctx, input, retrying(ctx))
	if isNotFound(err) {
		if err := s.createStream(ctx, stream); err != nil {
			return nil, err
		}
		// it is not known everywhere yet
		out, err = s.client.PutLogEvents(ctx, input, retrying(ctx, "ResourceNotFoundException"))
	}
	if err != nil {
		return nil, s.explain("logs:PutLogEvents", "stream "+stream, err)
	}
	return out.RejectedLogEventsInfo, nil
}

func (s *Store) createStream(ctx context.Context, stream string) error {
	_, err := s.client.CreateLogStream(ctx,
		&cloudwatchlogs.CreateLogStreamInput{LogGroupName: &s.group, LogStreamName: &stream}, retrying(ctx))
	if _, exists := errors.AsType[*types.ResourceAlreadyExistsException](err); err == nil || exists {
		return nil
	}
	return s.explain("logs:CreateLogStream", "stream "+stream, err)
}

func isNotFound(err error) bool {
	_, ok := errors.AsType[*types.ResourceNotFoundException](err)
	return ok
}

// explain says what a failed call means for the person who runs it.
func (s *Store) explain(action, streams string, err error) error {
	region := s.client.Options().Region
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch code := api.ErrorCode(); {
		// a put that misses its group creates a stream
		case code == "ResourceNotFoundException" && action != "logs:PutLogEvents":
			return fmt.Errorf("no log group %q in %s: deploy whystopped there, or name the group and the Region that "+
				"it was deployed to: %w", s.group, region, err)
		case code == "AccessDeniedException":
			return fmt.Errorf("not allowed to call %s: allow it on the log group %q in %s, %s: %w", action, s.group,
				region, streams, err)
		}
	}
	return fmt.Errorf("log group %q in %s, %s: %w", s.group, region, streams, err)
}

// StreamName is the log stream that r belongs to: cluster/service/, or cluster/family/ for a task without a service,
// with "-" for what is not known; unreadable/ for a document that could not be read. The slash at the end keeps the
// prefix of one service from reading another one's stream. A character that a stream name must not have becomes "_"
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html).
func StreamName(r archive.Record) string {
	if r.Kind == "unreadable" {
		return "unreadable/"
	}
	return streamPart(cmp.Or(r.Cluster, "-")) + streamPart(cmp.Or(r.Service, r.Family, "-"))
}

// StreamPrefix is the beginning of the names of all streams that hold what stopped in cluster, or only what stopped of
// the service or family called name if that is given. It is empty, for all streams, without a cluster.
func StreamPrefix(cluster, name string) string {
	switch {
	case cluster == "":
		return ""
	case name == "":
		return streamPart(cluster)
	}
	return streamPart(cluster) + streamPart(name)
}

// streamPart is one level of a stream name with its slash, at most half of the 512 characters of a stream name.
func streamPart(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(":*/", r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	end := min(len(name), 255)
	for end < len(name) && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "/"
}
