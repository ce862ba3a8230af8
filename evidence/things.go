package evidence

// Things is what was read about the things that a task needs: images, secrets, parameters, keys, log groups, file systems,
// environment files, subnets.
type Things struct{}

// thingChecks decide what is not there, or of the wrong kind.
var thingChecks = []Check{}
