package main

import (
	"testing"

	"whystopped/archive"
	"whystopped/cmd/whystopped/screen/screentest"
)

func whystopped(t *testing.T, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	return screentest.Command(t, run, wantCode, args...)
}

func putRecord(t *testing.T, place string, records ...archive.Record) {
	t.Helper()
	screentest.Put(t, &awsAccount{}, place, records...)
}

func recordsAt(t *testing.T, place string) []archive.Record {
	t.Helper()
	return screentest.Records(t, &awsAccount{}, place)
}
