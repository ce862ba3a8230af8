// Package lookup fills the facts of package evidence with read-only calls of AWS, within a budget, and never fails: what it could
// not read is an answer that says so.
package lookup
