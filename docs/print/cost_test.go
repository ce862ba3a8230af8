package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestAMillionStopsCostThreeDollars: above what CloudWatch Logs takes for the records, with all on that is not paid for
// by the service.
func TestAMillionStopsCostThreeDollars(t *testing.T) {
	parts, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	records, rest := eachStop(parts)
	if million := rest * 1e6; million > 3 || million < 1 {
		t.Errorf("a million stops cost $%.2f above their records, want at most $3", million)
	}
	if million := records * 1e6; million < 1 {
		t.Errorf("the records of a million stops cost $%.2f, which is too little to be right", million)
	}
}

// TestPricesAreTypedOnce: every price that is used stands in the one table, with its page, and none is written into a
// text of this file.
func TestPricesAreTypedOnce(t *testing.T) {
	parts, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[price]bool{}
	for _, p := range prices {
		if listed[p] || !strings.HasPrefix(p.source, "https://aws.amazon.com/") || p.each() <= 0 {
			t.Errorf("%s is listed twice, or is not AWS's", p)
		}
		listed[p] = true
	}
	for _, p := range parts {
		if !listed[p.price] {
			t.Errorf("the price of %s is not in the table", p.name)
		}
	}
	source, err := os.ReadFile("cost.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range regexp.MustCompile(`\$[0-9]+(\.[0-9]+)?`).FindAllString(string(source), -1) {
		if typed != "$0.01" { // what an amount below it is written as
			t.Errorf("the price %s is typed into a text", typed)
		}
	}
}
