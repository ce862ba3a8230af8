package events

// Document is the struct that an event is decoded into, as the floor of the benchmarks.
type Document = document
