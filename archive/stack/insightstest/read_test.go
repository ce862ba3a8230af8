package insightstest

import (
	"strings"
	"testing"
)

var fields = []string{"cluster", "service", "stops", "reason", "source"}

func TestCheckTakes(t *testing.T) {
	for _, query := range []string{
		`filter cluster = "prod" and service in ["a", 'b'] | limit 5`,
		"# a question, with a | and a \" in it\nfilter not ispresent(service)",
		`filter reason like /pull .* \/v2/ or reason not like "pull" | fields cluster, stops + 1 as more | sort more desc`,
		`fields 2 - strcontains(source, "watcher") as rank | sort rank desc, @timestamp asc | dedup service | limit 1`,
		`stats count(*), count() as n, count_distinct(service) as services by bin(1h), cluster | filter services > 3`,
		`stats count(*) as n by bin(5m) as slot, cluster | stats max(n) as most by cluster | sort most desc | limit 3`,
		`stats pct(stops, 95) as p, latest(reason) as last by datefloor(@timestamp, 10mins) | sort p`,
		`SOURCE '/a/group' | display cluster, coalesce(service, source)`,
		`filter (cluster = "a" or cluster = "b") and stops >= 3.5`,
		"fields `service` as s",
	} {
		if err := Check(query, fields); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	if err := Check(`filter cluster = {{cluster}} | limit {{most}}`, fields, "cluster", "most"); err != nil {
		t.Error(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	for query, why := range map[string]string{
		``:                                       "ends too early",
		`filter`:                                 "ends too early",
		`filter cluster`:                         "wants a condition",
		`filter cluster == "a"`:                  "field",
		`filter cluster = "a" service = "b"`:     "want |",
		`filter cluster = "a" and service`:       "joins conditions",
		`filter cluster = "a`:                    "no word",
		`filter cluster = "a"; limit 5`:          "no word",
		`where cluster = "a"`:                    "no command",
		`filter cluster = "a" |`:                 "ends too early",
		`filter name = "a"`:                      "no field",
		`filter service in ("a")`:                "want [",
		`filter service not = "a"`:               "in or like",
		`filter reason like /(/`:                 "missing closing",
		`filter cluster = {{cluster}}`:           "not declared",
		`filter cluster = "{{cluster}}"`:         "stands bare",
		`fields median(stops)`:                   "no function",
		`fields max(stops)`:                      "stats alone",
		`fields strcontains(source)`:             "takes 2",
		`fields ispresent(source, service)`:      "takes 1",
		`fields datefloor(@timestamp, 10)`:       "period",
		`fields datefloor(@timestamp, stops)`:    "period",
		`fields "a" + 1`:                         "calculated",
		`fields stops as by`:                     "cannot be a name",
		`limit many`:                             "whole number",
		`limit 0`:                                "whole number",
		`sort`:                                   "ends too early",
		`dedup service | sort stops`:             "follow dedup",
		`dedup service | filter stops > 3`:       "follow dedup",
		`dedup service | limit 3 | fields stops`: "follow dedup",
		`stats stops by cluster`:                 "aggregate",
		`stats count(*) by max(stops)`:           "stats alone",
		`stats count(*) as n by cluster | filter service = "a"`:           "no field",
		`stats count(*) as n by cluster | stats max(n) as m by bin(1h)`:   "@timestamp",
		`stats count(*) as n by cluster | sort n | stats max(n) as most`:  "second stats",
		`stats count(*) as n by cluster | limit 3 | stats max(n) as most`: "second stats",
		`stats count() as n | stats max(n) as m | stats max(m) as o`:      "2 times",
		`filter stops > 3 | SOURCE '/a/group'`:                            "first",
		`filter cluster = "` + strings.Repeat("a", longest) + `"`:         "characters",
	} {
		if err := Check(query, fields); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.80s: %v, want it to say %q", query, err, why)
		}
	}
	if err := Check(`limit 3`, fields, "cluster"); err == nil {
		t.Error("a parameter that is never used is taken")
	}
}

func TestEveryRowHasItsSource(t *testing.T) {
	for _, c := range commands {
		if !strings.HasPrefix(c.source, page) || c.reads == nil {
			t.Errorf("%s has the source %q", c.name, c.source)
		}
	}
	for _, f := range functions {
		if !strings.HasPrefix(f.source, page) || len(f.takes) == 0 || f.gives == "" {
			t.Errorf("%s has the source %q", f.name, f.source)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(`stats count(*) as n by bin(5m) | sort n desc | limit 3`)
	f.Add("fields `a b` like /x/ | dedup {{x}}")
	f.Fuzz(func(t *testing.T, query string) { _ = Check(query, fields, "x") })
}
