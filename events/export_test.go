package events

// Document is the struct that an event is decoded into, as the floor of the benchmarks.
type Document = document

// Foreign are documents with the members by which those are known that are refused.
func Foreign() (documents []string) {
	for _, f := range foreigners {
		document := `{"arn":"arn:aws:ecs:eu-north-1:210987654321:cluster/stage"`
		for _, member := range f.members {
			document += `,"` + member + `":["x"]`
		}
		documents = append(documents, document+"}")
	}
	return documents
}
