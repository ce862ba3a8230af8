package evidence

// networkChecks decide the causes of a network path.
var networkChecks = []Check{}
