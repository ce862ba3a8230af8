package awstest

// batchOperations tell of jobs, and where they run
// (https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html).
var batchOperations = []operation{
	{name: "batch:DescribeJobs", path: "POST /v1/describejobs",
		answer: inBatch("batch:DescribeJobs", "jobs", "jobId")},
	{name: "batch:DescribeJobQueues", path: "POST /v1/describejobqueues",
		answer: inBatch("batch:DescribeJobQueues", "jobQueues", "jobQueueArn")},
	{name: "batch:DescribeComputeEnvironments", path: "POST /v1/describecomputeenvironments",
		answer: inBatch("batch:DescribeComputeEnvironments", "computeEnvironments", "computeEnvironmentArn")},
}

// inBatch gives those of an operation's things that the list called set names. What is not there is left out.
func inBatch(name, set, id string) func(*Server, Object) (Object, *Refusal) {
	return func(s *Server, in Object) (Object, *Refusal) {
		found := []Object{}
		for _, wanted := range texts(in, set) {
			if thing := s.thing(name, Object{id: wanted}); thing != nil {
				found = append(found, thing)
			}
		}
		return Object{set: found}, nil
	}
}
