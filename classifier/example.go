package classifier

// The beginnings of documents that examples in the tables go on with.
const (
	aTask    = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c3b4a5968","lastStatus":"STOPPED",`
	aService = `{"services":[{"serviceArn":"arn:aws:ecs:eu-north-1:210987654321:service/shop/orders","events":[{"message":"`
	aCall    = `{"detail-type":"AWS API Call via CloudTrail","account":"210987654321","region":"eu-north-1","detail":{` +
		`"eventSource":"ecs.amazonaws.com","eventName":"RunTask","requestParameters":{"cluster":"shop","taskDefinition":"orders"},`
)
