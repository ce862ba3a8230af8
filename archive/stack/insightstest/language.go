package insightstest

// What the pages of AWS say about the language. To print another command or function anywhere, give it its row here.
const (
	page          = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_"
	sourcePage    = page + "QuerySyntax-Source.html"
	fieldsPage    = page + "QuerySyntax-Fields.html"
	displayPage   = page + "QuerySyntax-Display.html"
	filterPage    = page + "QuerySyntax-Filter.html"
	statsPage     = page + "QuerySyntax-Stats.html"
	sortPage      = page + "QuerySyntax-Sort.html"
	dedupPage     = page + "QuerySyntax-Dedup.html"
	limitPage     = page + "QuerySyntax-Limit.html"
	functionsPage = page + "QuerySyntax-operations-functions.html"
)

// longest is the most characters that a query may have with its parameters filled in. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
const longest = 10000

// command is a command of the language, and where it may stand.
type command struct {
	name   string
	first  bool     // only as the first one
	most   int      // times that a query may have it, 0 for any number
	then   []string // the only commands that may follow anywhere behind it; nil for all
	last   bool     // with two of stats, only behind the second
	reads  func(*reader)
	source string
}

var commands = []command{
	{name: "SOURCE", first: true, most: 1, reads: (*reader).groups, source: sourcePage},
	{name: "fields", reads: (*reader).columns, source: fieldsPage},
	{name: "display", reads: (*reader).columns, source: displayPage},
	{name: "filter", reads: (*reader).condition, source: filterPage},
	{name: "stats", most: 2, reads: (*reader).stats, source: statsPage},
	{name: "sort", last: true, reads: (*reader).order, source: sortPage + " " + statsPage},
	{name: "dedup", then: []string{"limit"}, reads: (*reader).names, source: dedupPage},
	{name: "limit", last: true, reads: (*reader).count, source: limitPage + " " + statsPage},
}

// kind is what an expression is: of a field nobody knows it.
type kind string

const (
	anything kind = "value"
	boolean  kind = "condition"
	number   kind = "number"
	text     kind = "text"
	field    kind = "field" // by its name
	period   kind = "period, such as 10m"
)

// function is a function of the language.
type function struct {
	name      string
	takes     []kind // the last repeats where more is set
	optional  bool   // may stand without arguments
	more      bool
	gives     kind
	aggregate bool // over the events of a group: in stats alone
	source    string
}

var functions = []function{
	{name: "count", takes: []kind{field}, optional: true, gives: number, aggregate: true, source: statsPage},
	{name: "count_distinct", takes: []kind{field}, gives: number, aggregate: true, source: statsPage},
	{name: "sum", takes: []kind{number}, gives: number, aggregate: true, source: statsPage},
	{name: "avg", takes: []kind{number}, gives: number, aggregate: true, source: statsPage},
	{name: "stddev", takes: []kind{number}, gives: number, aggregate: true, source: statsPage},
	{name: "min", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "max", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "pct", takes: []kind{field, number}, gives: anything, aggregate: true, source: statsPage},
	{name: "earliest", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "latest", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "sortsFirst", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "sortsLast", takes: []kind{field}, gives: anything, aggregate: true, source: statsPage},
	{name: "bin", takes: []kind{period}, gives: anything, source: functionsPage},
	{name: "datefloor", takes: []kind{field, period}, gives: anything, source: functionsPage},
	{name: "dateceil", takes: []kind{field, period}, gives: anything, source: functionsPage},
	{name: "fromMillis", takes: []kind{number}, gives: anything, source: functionsPage},
	{name: "toMillis", takes: []kind{field}, gives: number, source: functionsPage},
	{name: "ispresent", takes: []kind{field}, gives: boolean, source: functionsPage},
	{name: "coalesce", takes: []kind{anything}, more: true, gives: anything, source: functionsPage},
	{name: "strcontains", takes: []kind{text, text}, gives: number, source: functionsPage},
	{name: "strlen", takes: []kind{text}, gives: number, source: functionsPage},
	{name: "isempty", takes: []kind{text}, gives: boolean, source: functionsPage},
	{name: "isblank", takes: []kind{text}, gives: boolean, source: functionsPage},
	{name: "concat", takes: []kind{text}, more: true, gives: text, source: functionsPage},
	{name: "replace", takes: []kind{text, text, text}, gives: text, source: functionsPage},
	{name: "tolower", takes: []kind{text}, gives: text, source: functionsPage},
	{name: "toupper", takes: []kind{text}, gives: text, source: functionsPage},
	{name: "abs", takes: []kind{number}, gives: number, source: functionsPage},
	{name: "ceil", takes: []kind{number}, gives: number, source: functionsPage},
	{name: "floor", takes: []kind{number}, gives: number, source: functionsPage},
	{name: "greatest", takes: []kind{number}, more: true, gives: number, source: functionsPage},
	{name: "least", takes: []kind{number}, more: true, gives: number, source: functionsPage},
}

// given are the fields that CloudWatch Logs gives every event. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
var given = []string{"@timestamp", "@ingestionTime", "@message", "@logStream", "@log"}

// A period is a number and one of these; those of more than one letter may end in s, as statsPage says.
const periods = `ms|msec|millisecond|s|sec|second|m|min|minute|h|hr|hour|d|day|w|week|mo|mon|month|q|qtr|quarter|` +
	`y|yr|year`

// reserved are the words that cannot be the name of a field.
var reserved = []string{"and", "or", "not", "in", "like", "as", "by", "asc", "desc"}
