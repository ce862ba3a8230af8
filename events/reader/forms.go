package reader

import "whystopped/events"

// Forms are what people have in hand in place of a document that package events reads.
var Forms = []events.Form{
	{Name: "what a console shows, or a stopped reason in mere words",
		Note: "also a message of a service, and the error of " +
			"a call for tasks"},
	{Name: "a text with such documents in it", Note: "a prompt, a log line, a mail, a Markdown fence; quoted, " +
		"numbered, in colours, wrapped by a terminal"},
	{Name: "what the AWS command line prints with --output text, table or yaml"},
	{Name: "the answer to a --query", Note: "under whatever names, in rows, a reason alone"},
	{Name: "logs", Note: "of aws logs tail or filter-log-events, of Logs Insights as JSON or CSV, exported to S3"},
	{Name: "the last log lines of the container below one of these", Note: "where it ended by itself, they say why"},
	{Name: "gzip, base64 and UTF-16", Note: "as of a subscription filter, Kinesis, Firehose or PowerShell"},
	{Name: "what a program prints of a task",
		Note: "in Python, JavaScript, Go, Java, Kotlin, Ruby, Rust, PHP, .NET or " +
			"PowerShell"},
}

// ListForms returns all that can be read as lists of Markdown.
func ListForms() string {
	return events.ListForms() + "\nThe command line also reads\n\n" + events.List(Forms)
}
