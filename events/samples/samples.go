// Package samples holds stopped tasks in the forms and the words in which Amazon ECS tells of them, for programs that
// try something on them. Account ids, names and images in them are made up.
package samples

import "embed"

// Files are the samples, one JSON document each. events.Parse reads every one of them.
//
//go:embed *.json
var Files embed.FS
