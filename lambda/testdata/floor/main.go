// Program floor is the least that a function can do which puts its event into a log group: BenchmarkFirstEvent measures
// the function against it.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	client := cloudwatchlogs.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, event json.RawMessage) (map[string]int, error) {
		_, err := client.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{
			LogGroupName:  aws.String(os.Getenv("LOG_GROUP")),
			LogStreamName: aws.String(os.Getenv("LOG_STREAM")),
			LogEvents: []types.InputLogEvent{{Message: aws.String(string(event)),
				Timestamp: aws.Int64(time.Now().UnixMilli())}},
		})
		return map[string]int{"records": 1}, err
	})
}
