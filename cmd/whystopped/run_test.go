package main

import (
	"os"
	"path/filepath"
	"strings"
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

// textOf is what stands in the files of an archive on disk, that of older days as the records are read.
func textOf(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	for _, r := range recordsAt(t, dir) {
		line, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			text.Write(raw)
		}
	}
	return text.String()
}
