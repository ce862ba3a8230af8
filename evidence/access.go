package evidence

// Access is what was read about roles and policies.
type Access struct{}

// accessChecks decide who refused.
var accessChecks = []Check{}
