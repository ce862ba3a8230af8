//go:build slow

package lookup_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	efstypes "github.com/aws/aws-sdk-go-v2/service/efs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/lookup"
)

// TestAccountStates builds states of an account with real calls against moto, asks about a stop in each as the command
// line does, and holds the proofs against what was broken: nothing else is confirmed, and what was broken is never
// ruled out. The states share one account and are built in a random order.
func TestAccountStates(t *testing.T) {
	a := startMoto(t)
	seed := rand.Uint64()
	t.Logf("order %d", seed)
	states := slices.Clone(accountStates)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	decided, provable := 0, 0
	for i, s := range states {
		t.Run(s.name, func(t *testing.T) {
			proofs := a.explain(t, s, fmt.Sprint("s", i))
			for _, p := range proofs {
				broken := slices.Contains(strings.Fields(s.broken), p.Cause)
				switch {
				case p.Result == classifier.Confirmed && !broken:
					t.Errorf("wrong confirmed: %s: %s", p.Cause, p.Evidence)
				case p.Result == classifier.RuledOut && broken:
					t.Errorf("wrong ruled_out: %s: %s", p.Cause, p.Evidence)
				}
			}
			told := slices.ContainsFunc(proofs, func(p classifier.Proof) bool {
				return strings.Contains(p.Evidence, strings.ReplaceAll(s.tells, "{name}", fmt.Sprint("s", i)))
			})
			if s.tells != "" && !told {
				t.Errorf("nothing tells %q: %+v", s.tells, proofs)
			}
			for _, want := range strings.Fields(s.want) {
				provable++
				cause, verdict, _ := strings.Cut(want, "=")
				i := slices.IndexFunc(proofs, func(p classifier.Proof) bool { return p.Cause == cause })
				switch {
				case i < 0:
					t.Errorf("%s is no cause of %q", cause, s.says)
				case string(proofs[i].Result) != verdict && proofs[i].Reason != verdict:
					t.Errorf("%s is %s (%s), want %s: %s", cause, proofs[i].Result, proofs[i].Reason, verdict,
						proofs[i].Evidence)
				default:
					decided++
				}
			}
		})
	}
	t.Logf("%d states, %d of %d verdicts as they must be", len(states), decided, provable)
}

// state is an account and a stop in it.
type state struct {
	name   string
	vpc    string // what leads out of the VPC: "nat", "public", "endpoints", "none"; none of it is built where empty
	build  func(b *built)
	after  func(b *built) // what is changed after the stop
	says   string         // the reason of the stop; {x} stands for a name of what was built
	broken string         // the causes that are truly there: only these may be confirmed, and none be ruled out
	want   string         // verdicts or reasons that must be reached
	tells  string         // words of the evidence of one of them, with names of what was built
}

const (
	region  = "eu-west-1"
	account = "123456789012" // moto's
	host    = account + ".dkr.ecr." + region + ".amazonaws.com"
	public  = "52.94.178.9"

	toECR = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ` +
		`unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed ` +
		`caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp `
	timedOut     = toECR + public + ":443: i/o timeout"
	endpointLost = toECR + "{ip ecr.api}:443: i/o timeout"
	refused      = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ` +
		`failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: ` +
		`User: arn:aws:sts::123456789012:assumed-role/{name}-exec/5f0e is not authorized to perform: ` +
		`ecr:GetAuthorizationToken on resource: *`
	layersLost = `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to copy: httpReadSeeker: ` +
		`failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/2a": ` +
		`net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`
	layersRefused = `CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code ` +
		`https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/2a: 403 Forbidden`
	noImage = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ` +
		host + `/{name}:7: ` + host + `/{name}:7: not found`
	noProgram = `CannotStartContainerError: Error response from daemon: failed to create task for container: failed to ` +
		`create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: ` +
		`"node server.js": executable file not found in $PATH: unknown`
	noImageProven = `CannotPullContainerError: The task cannot pull registry image: image Manifest does not exist: ` +
		`manifest unknown: Requested image not found`
	noRepository = `CannotPullContainerError: Error response from daemon: RepositoryNotFoundException: The repository ` +
		`with name '{name}' does not exist in the registry with id '123456789012'`
	noSecret = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ` +
		`unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {secret} ` +
		`from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`
	secretUnavailable = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource ` +
		`retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch ` +
		`secret {secret} from secrets manager: InvalidRequestException: You can't perform this operation on the secret ` +
		`because it was marked for deletion.`
	noParameter = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ` +
		`failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: ` +
		`/{name}/token`
	noGroup = `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ` +
		`failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : ` +
		`exit status 1`
	noRole = `ECS was unable to assume the role 'arn:aws:iam::123456789012:role/{name}-exec' that was provided for this ` +
		`task. Please verify that the role being passed has the proper trust relationship and permissions and that your ` +
		`IAM user has permissions to pass this role.`
	secretDenied = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ` +
		`failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ` +
		`{secret} from secrets manager: AccessDeniedException: User: ` +
		`arn:aws:sts::123456789012:assumed-role/{name}-exec/5f0e is not authorized to perform: ` +
		`secretsmanager:GetSecretValue on resource: {secret}`
	keyDisabled = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ` +
		`failed: unable to retrieve secret from asm: KMSInvalidStateException: {key} is not usable`
	noFile = `ResourceInitializationError: failed to download env files: file download command: NoSuchKey: The ` +
		`specified key does not exist.`
	fileRefused = `ResourceInitializationError: failed to download env files: service call has been retried 1 time(s): ` +
		`operation error S3: HeadObject, https response error StatusCode: 403, api error Forbidden: Forbidden`
	mountRefused = `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ` +
		`b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'`
	nobodyThere = `unable to place a task because no container instance met all of its requirements. Reason: No ` +
		`Container Instances were found in your cluster.`
	mountLost = `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: ` +
		`Connection timed out : unsuccessful EFS utils command execution; code: 32`
)

// accountStates are those of the six kinds of wrong proofs, both ways, and the common defects.
var accountStates = []state{
	{name: "a cluster without instances, whose group may have none", build: func(b *built) { b.nodes(0) },
		says: nobodyThere, broken: "capacity-provider-empty", want: "capacity-provider-empty=confirmed",
		tells: "Auto Scaling group {name} wants 0 of at most 0 instances"},
	{name: "an instance whose network interfaces are all taken", vpc: "nat",
		build: func(b *built) { b.instance(2) }, says: "RESOURCE:ENI", broken: "eni-limit", want: "eni-limit=confirmed",
		tells: "has 3 of 3"},
	{name: "an instance that has a network interface free again", vpc: "nat",
		build: func(b *built) { b.instance(0) }, says: "RESOURCE:ENI", broken: "eni-limit",
		want: "eni-limit=confirmed"},
	{name: "a job of AWS Batch on Fargate, whose subnets have no route", vpc: "none",
		build: func(b *built) { b.standalone = true; b.job() }, says: timedOut,
		broken: "route-missing endpoint-missing",
		want:   "route-missing=confirmed"},
	{name: "a NAT gateway, all is well", vpc: "nat", says: timedOut,
		want: "route-missing=ruled_out nat-unusable=ruled_out task-sg-egress-closed=ruled_out nacl-blocks=ruled_out"},
	{name: "no route", vpc: "none", says: timedOut, broken: "route-missing endpoint-missing",
		want: "route-missing=confirmed"},
	{name: "no route, no address in the text", vpc: "none", says: toECR + "lookup failed: i/o timeout",
		broken: "route-missing endpoint-missing"},
	{name: "the NAT gateway is deleted", vpc: "nat", build: func(b *built) { b.deleteNAT() }, says: timedOut,
		broken: "nat-unusable", want: "nat-unusable=confirmed"},
	{name: "the NAT gateway stands in a subnet without a gateway", vpc: "nat",
		build: func(b *built) { b.deleteRoute(b.id["rtb-pub"], "0.0.0.0/0") }, says: timedOut,
		broken: "nat-unusable", want: "nat-unusable=confirmed"},
	{name: "the internet gateway is detached", vpc: "nat", build: func(b *built) { b.detach() }, says: timedOut,
		broken: "internet-gateway-missing", want: "internet-gateway-missing=confirmed"},
	{name: "a public subnet, a public address", vpc: "public", says: timedOut,
		want: "public-ip-missing=ruled_out route-missing=ruled_out"},
	{name: "a public subnet, no public address", vpc: "public", build: func(b *built) { b.assign = "DISABLED" },
		says: timedOut, broken: "public-ip-missing", want: "public-ip-missing=confirmed"},
	{name: "a public subnet, an interface that gave its address back", vpc: "public",
		build: func(b *built) { b.standalone = true }, says: timedOut, want: "public-ip-missing=not_read"},
	{name: "the task's group lets nothing out", vpc: "nat", build: func(b *built) { b.closeEgress(b.id["sg"]) },
		says: timedOut, broken: "task-sg-egress-closed", want: "task-sg-egress-closed=confirmed"},
	{name: "the task's group lets port 80 out alone", vpc: "nat",
		build: func(b *built) { b.closeEgress(b.id["sg"]); b.allow(b.id["sg"], true, 80, "0.0.0.0/0") },
		says:  timedOut, broken: "task-sg-egress-closed", want: "task-sg-egress-closed=confirmed"},
	{name: "the task's group lets port 443 out alone", vpc: "nat",
		build: func(b *built) { b.closeEgress(b.id["sg"]); b.allow(b.id["sg"], true, 443, "0.0.0.0/0") },
		says:  timedOut, want: "task-sg-egress-closed=ruled_out"},
	{name: "a network ACL denies the call", vpc: "nat", build: func(b *built) { b.deny(true, 443, 443) },
		says:   timedOut,
		broken: "nacl-blocks", want: "nacl-blocks=confirmed"},
	{name: "a network ACL denies every answer", vpc: "nat", build: func(b *built) { b.deny(false, 1024, 65535) },
		says: timedOut, broken: "nacl-blocks", want: "nacl-blocks=confirmed"},
	{name: "a network ACL denies some answers", vpc: "nat", build: func(b *built) { b.deny(false, 40000, 45000) },
		says: timedOut, want: "nacl-blocks=partial"},
	{name: "an endpoint, all is well", vpc: "endpoints", says: endpointLost,
		want: "endpoint-sg-closed=ruled_out task-sg-egress-closed=ruled_out nacl-blocks=ruled_out"},
	{name: "the endpoint's group is closed", vpc: "endpoints",
		build: func(b *built) { b.revokeIngress(b.id["sg-ep"]) }, says: endpointLost, broken: "endpoint-sg-closed",
		want: "endpoint-sg-closed=confirmed"},
	{name: "the endpoint's group lets another network in", vpc: "endpoints",
		build: func(b *built) { b.revokeIngress(b.id["sg-ep"]); b.allow(b.id["sg-ep"], false, 443, "10.9.0.0/16") },
		says:  endpointLost, broken: "endpoint-sg-closed", want: "endpoint-sg-closed=confirmed"},
	{name: "no endpoint for ECR", vpc: "endpoints", build: func(b *built) { b.deleteEndpoint("ecr.api") },
		says:   timedOut,
		broken: "endpoint-missing route-missing", want: "endpoint-missing=confirmed"},
	{name: "the endpoint's private DNS is off, a public address was called", vpc: "endpoints",
		build: func(b *built) { b.deleteEndpoint("ecr.api"); b.named = false; b.endpoint("ecr.api") }, says: timedOut,
		broken: "endpoint-private-dns-off", want: "endpoint-private-dns-off=confirmed"},
	{name: "the endpoint's private DNS is off, no address in the text", vpc: "endpoints",
		build: func(b *built) { b.deleteEndpoint("ecr.api"); b.named = false; b.endpoint("ecr.api") },
		says: strings.TrimSuffix(toECR, "dial tcp ") + "net/http: request canceled while waiting for connection " +
			"(Client.Timeout exceeded while awaiting headers)",
		broken: "endpoint-private-dns-off"},
	{name: "DNS hostnames of the VPC are off", vpc: "endpoints", build: func(b *built) { b.hostnames(false) },
		says: timedOut, broken: "endpoint-private-dns-off", want: "endpoint-private-dns-off=confirmed"},
	{name: "the endpoint's policy denies", vpc: "endpoints",
		build: func(b *built) { b.policy("ecr.api", allow(`"*"`, "ecr:DescribeImages", "*")) }, says: refused,
		broken: "endpoint-policy-denies role-permission-missing", want: "endpoint-policy-denies=confirmed"},
	{name: "the endpoint's policy names the account", vpc: "endpoints",
		build: func(b *built) { b.policy("ecr.api", allow(`{"AWS":"123456789012"}`, "*", "*")) }, says: refused,
		broken: "role-permission-missing", want: "endpoint-policy-denies=ruled_out"},
	{name: "no gateway endpoint for S3", vpc: "endpoints", build: func(b *built) { b.deleteEndpoint("s3") },
		says: layersLost, broken: "s3-gateway-missing route-missing", want: "s3-gateway-missing=confirmed"},
	{name: "the gateway endpoint leaves out the layer bucket", vpc: "endpoints",
		build: func(b *built) { b.push("7"); b.policy("s3", allow(`"*"`, "s3:GetObject", "arn:aws:s3:::orders/*")) },
		says:  layersRefused, broken: "s3-endpoint-policy-denies", want: "s3-endpoint-policy-denies=confirmed"},
	{name: "the gateway endpoint has the layer bucket", vpc: "endpoints",
		build: func(b *built) {
			b.push("7")
			b.policy("s3", allow(`"*"`, "s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"))
		}, says: layersRefused, want: "s3-endpoint-policy-denies=ruled_out"},
	{name: "the gateway endpoint names the account, which is its root user", vpc: "endpoints",
		build:  func(b *built) { b.push("7"); b.policy("s3", allow(`{"AWS":"123456789012"}`, "*", "*")) },
		says:   layersRefused,
		broken: "s3-endpoint-policy-denies", want: "s3-endpoint-policy-denies=confirmed"},
	{name: "layers are refused, and the repository was deleted since", vpc: "endpoints", says: layersRefused,
		want: "s3-endpoint-policy-denies=ruled_out image-repository-missing=ruled_out"},
	{name: "an endpoint that was made after the stop", vpc: "endpoints",
		build: func(b *built) { b.deleteEndpoint("ecr.api") }, after: func(b *built) { b.endpoint("ecr.api") },
		says: timedOut, broken: "endpoint-missing route-missing", want: "endpoint-missing=fixed_since"},
	{name: "a NAT gateway that was made after the stop", vpc: "none", after: func(b *built) { b.makeNAT() },
		says: timedOut, broken: "route-missing endpoint-missing", want: "route-missing=fixed_since"},

	{name: "the task's group was opened after the stop", vpc: "nat",
		build: func(b *built) { b.closeEgress(b.id["sg"]) },
		after: func(b *built) { b.allow(b.id["sg"], true, 443, "0.0.0.0/0") },
		says:  timedOut, broken: "task-sg-egress-closed", want: "task-sg-egress-closed=stale"},
	{name: "the endpoint's group was opened after the stop", vpc: "endpoints",
		build: func(b *built) { b.revokeIngress(b.id["sg-ep"]) },
		after: func(b *built) { b.allow(b.id["sg-ep"], false, 443, "10.0.0.0/16") },
		says:  endpointLost, broken: "endpoint-sg-closed", want: "endpoint-sg-closed=stale"},
	{name: "the route to the NAT gateway was made after the stop", vpc: "nat",
		build: func(b *built) { b.deleteRoute(b.id["rtb-app"], "0.0.0.0/0") },
		after: func(b *built) {
			b.route("rtb-app", &ec2.CreateRouteInput{NatGatewayId: aws.String(b.id["nat"])})
		}, says: timedOut, broken: "route-missing endpoint-missing"},
	{name: "the gateway endpoint's policy was widened after the stop", vpc: "endpoints",
		build: func(b *built) { b.push("7"); b.policy("s3", allow(`"*"`, "s3:GetObject", "arn:aws:s3:::orders/*")) },
		after: func(b *built) { b.policy("s3", allow(`"*"`, "*", "*")) },
		says:  layersRefused, broken: "s3-endpoint-policy-denies", want: "s3-endpoint-policy-denies=stale"},
	{name: "the policy of the secret no longer denies what it did at the stop",
		build: func(b *built) { b.secret(); b.secretPolicy("Deny", ``) },
		after: func(b *built) { b.secretPolicy("Allow", ``) }, says: secretDenied,
		broken: "resource-policy-denies role-permission-missing"},
	{name: "a defect that was there all the time says what was fine beside it", vpc: "nat",
		build: func(b *built) { b.deny(true, 443, 443) }, after: func(*built) {},
		says:   timedOut,
		broken: "nacl-blocks", want: "nacl-blocks=confirmed task-sg-egress-closed=ruled_out"},

	{name: "a private hosted zone of the customer may lead the name to the endpoint", vpc: "endpoints",
		build: func(b *built) {
			b.deleteEndpoint("ecr.api")
			b.named = false
			b.endpoint("ecr.api")
			b.zone("ecr.eu-west-1.amazonaws.com")
		},
		says: strings.TrimSuffix(toECR, "dial tcp ") + "net/http: request canceled while waiting for connection " +
			"(Client.Timeout exceeded while awaiting headers)", broken: "endpoint-private-dns-off"},
	{name: "a private hosted zone answers for the name and has no record of it", vpc: "nat",
		build:  func(b *built) { b.resolver("AmazonProvidedDNS"); b.zone("api.ecr.eu-west-1.amazonaws.com") },
		says:   toECR + "lookup api.ecr.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host",
		broken: "dns-server-unreachable"},
	{name: "a transit gateway beside the NAT gateway changes nothing", vpc: "nat",
		build: func(b *built) { b.transit("10.9.0.0/16") }, says: timedOut,
		want: "route-missing=ruled_out nat-unusable=ruled_out"},
	{name: "the default route leads to a transit gateway", vpc: "none",
		build: func(b *built) { b.transit("0.0.0.0/0") }, says: timedOut},
	{name: "the default route leads to a peering connection", vpc: "none",
		build: func(b *built) { b.peer("0.0.0.0/0") }, says: timedOut, broken: "route-missing endpoint-missing",
		want: "route-missing=confirmed"},
	{name: "mount targets in a peered VPC, and a route leads there", vpc: "nat",
		build: func(b *built) { b.peer("10.8.0.0/16"); b.filesIn("peer") }, says: mountLost},
	{name: "mount targets in another VPC, and nothing leads there", vpc: "nat",
		build: func(b *built) { b.peer("10.7.0.0/16"); b.filesIn("peer") }, says: mountLost, broken: "route-missing",
		want: "route-missing=confirmed"},

	{name: "the command is one string", build: func(b *built) { b.command = []string{"node server.js"} },
		says: noProgram, broken: "command-invalid", want: "command-invalid=confirmed"},
	{name: "the command is a list", build: func(b *built) { b.command = []string{"node", "server.js"} },
		says: strings.Replace(noProgram, "node server.js", "node", 1), broken: "entrypoint-missing"},

	{name: "the image is there", build: func(b *built) { b.push("7") }, says: noImage, broken: "image-tag-missing",
		want: "image-tag-missing=fixed_since"},
	{name: "the tag is missing", build: func(b *built) { b.push("6") }, says: noImage, broken: "image-tag-missing",
		want: "image-tag-missing=confirmed"},
	{name: "the repository is missing", says: noImage, broken: "image-repository-missing",
		want: "image-repository-missing=confirmed"},
	{name: "the text says that the repository is missing", says: noRepository, broken: "image-repository-missing",
		want: "image-repository-missing=confirmed"},
	{name: "a tag was put on an old image after the stop", build: func(b *built) { b.push("6") },
		after: func(b *built) { b.retag("6", "7") }, says: noImage, broken: "image-tag-missing",
		want: "image-tag-missing=fixed_since"},
	{name: "an image was pushed after the stop", build: func(b *built) { b.push("6") },
		after: func(b *built) { b.push("7") }, says: noImage, broken: "image-tag-missing",
		want: "image-tag-missing=fixed_since"},

	{name: "the secret is missing", says: noSecret, broken: "secret-missing", want: "secret-missing=confirmed"},
	{name: "the secret was made after the stop", after: func(b *built) { b.secret() }, says: noSecret,
		broken: "secret-missing", want: "secret-missing=fixed_since"},
	{name: "the secret's deletion is scheduled", build: func(b *built) { b.secret(); b.deleteSecret() },
		says: secretUnavailable, broken: "secret-deleted", want: "secret-deleted=confirmed"},
	{name: "the secret was restored after the stop", build: func(b *built) { b.secret(); b.deleteSecret() },
		after: func(b *built) { b.restoreSecret() }, says: secretUnavailable, broken: "secret-deleted",
		want: "secret-deleted=fixed_since"},
	{name: "the parameter is missing", says: noParameter, broken: "parameter-missing",
		want: "parameter-missing=confirmed"},
	{name: "the parameter was made after the stop", after: func(b *built) { b.parameter() }, says: noParameter,
		broken: "parameter-missing", want: "parameter-missing=fixed_since"},
	{name: "the parameter is in the task's Region, and its ARN names another",
		build: func(b *built) {
			b.parameter()
			b.token = "arn:aws:ssm:eu-central-1:123456789012:parameter/" + b.name + "/token"
		}, says: noParameter, broken: "parameter-missing secret-in-other-region",
		want: "parameter-missing=confirmed secret-in-other-region=confirmed"},
	{name: "the parameter's ARN names another Region, which has it",
		build: func(b *built) {
			b.token = "arn:aws:ssm:eu-central-1:123456789012:parameter/" + b.name + "/token"
			b.in("eu-central-1", b.parameter)
		}, says: noParameter, broken: "parameter-missing", want: "parameter-missing=fixed_since"},
	{name: "the secret is in the task's Region, and its ARN names another",
		build: func(b *built) {
			b.secret()
			b.id["secret"] = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:" + b.name + "-db-AbCdEf"
		}, says: noSecret, broken: "secret-missing secret-in-other-region",
		want: "secret-missing=confirmed secret-in-other-region=confirmed"},
	{name: "the image is in the task's Region, and its host names another",
		build: func(b *built) { b.push("7"); b.image = strings.Replace(host, region, "eu-central-1", 1) },
		says:  strings.ReplaceAll(noImage, region, "eu-central-1"), broken: "image-repository-missing",
		want: "image-repository-missing=confirmed"},
	{name: "the image's host names another Region, which has an older tag",
		build: func(b *built) {
			b.push("7")
			b.image = strings.Replace(host, region, "eu-central-1", 1)
			b.in("eu-central-1", func() { b.push("6") })
		}, says: strings.ReplaceAll(noImage, region, "eu-central-1"), broken: "image-tag-missing",
		want: "image-tag-missing=confirmed image-repository-missing=ruled_out"},
	{name: "the log group is in the task's Region, and the option names another",
		build: func(b *built) { b.logGroup(); b.logRegion = "eu-central-1" }, says: noGroup,
		broken: "log-group-missing log-region-wrong", want: "log-group-missing=confirmed log-region-wrong=confirmed"},
	{name: "the log group is in the Region of the option, which is not the task's",
		build: func(b *built) { b.logRegion = "eu-central-1"; b.in("eu-central-1", b.logGroup) }, says: noGroup,
		broken: "log-group-missing", want: "log-group-missing=fixed_since"},
	{name: "the log group is missing", says: noGroup, broken: "log-group-missing", want: "log-group-missing=confirmed"},
	{name: "the log group was made after the stop", after: func(b *built) { b.logGroup() }, says: noGroup,
		broken: "log-group-missing", want: "log-group-missing=fixed_since"},

	{name: "the role is missing", says: noRole, broken: "role-missing", want: "role-missing=confirmed"},
	{name: "the role trusts somebody else", build: func(b *built) { b.role("ec2.amazonaws.com") }, says: noRole,
		broken: "role-not-assumable", want: "role-not-assumable=confirmed"},
	{name: "the role was made after the stop", after: func(b *built) { b.role("ecs-tasks.amazonaws.com") },
		says:   noRole,
		broken: "role-missing", want: "role-missing=fixed_since"},

	{name: "the policy of the secret denies",
		build: func(b *built) { b.secret(); b.secretPolicy("Deny", ``) }, says: secretDenied,
		broken: "resource-policy-denies role-permission-missing", want: "resource-policy-denies=confirmed"},
	{name: "the policy of the secret denies other roles",
		build: func(b *built) {
			b.role("ecs-tasks.amazonaws.com")
			b.secret()
			b.secretPolicy("Deny",
				`,"Condition":{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/`+
					b.name+`-exec"}}`)
		}, says: secretDenied, broken: "role-permission-missing", want: "resource-policy-denies=ruled_out"},
	{name: "the policy of the secret denies roles without a tag, and the role has none",
		build: func(b *built) {
			b.role("ecs-tasks.amazonaws.com")
			b.secret()
			b.secretPolicy("Deny", `,"Condition":{"StringNotEquals":{"aws:PrincipalTag/stage":"prod"}}`)
		}, says: secretDenied, broken: "resource-policy-denies role-permission-missing",
		want: "resource-policy-denies=confirmed"},
	{name: "the policy of the secret denies what does not come through the endpoint, which leads there",
		vpc: "endpoints", build: func(b *built) {
			b.endpoint("secretsmanager")
			b.secret()
			b.secretPolicy("Deny", `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"`+b.id["secretsmanager"]+`"}}`)
		}, says: secretDenied, broken: "role-permission-missing", want: "resource-policy-denies=ruled_out"},
	{name: "the policy of the secret denies what does not come through another endpoint",
		vpc: "endpoints", build: func(b *built) {
			b.endpoint("secretsmanager")
			b.secret()
			b.secretPolicy("Deny", `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}`)
		}, says: secretDenied, broken: "resource-policy-denies role-permission-missing",
		want: "resource-policy-denies=confirmed"},

	{name: "the key is disabled", build: func(b *built) { b.keyed(); b.key("disable") }, says: keyDisabled,
		broken: "kms-key-disabled", want: "kms-key-disabled=confirmed"},
	{name: "the key is to be deleted", build: func(b *built) { b.keyed(); b.key("delete") }, says: keyDisabled,
		broken: "kms-key-disabled", want: "kms-key-disabled=confirmed"},
	{name: "the key is enabled", build: func(b *built) { b.keyed() }, says: keyDisabled,
		want: "kms-key-disabled=ruled_out"},

	{name: "the environment file is missing", build: func(b *built) { b.bucket(region, "other.env") }, says: noFile,
		broken: "env-file-missing", want: "env-file-missing=confirmed"},
	{name: "the bucket of the environment file is missing", build: func(b *built) { b.file = true }, says: noFile,
		broken: "env-file-missing", want: "env-file-missing=confirmed"},
	{name: "the environment file was put there after the stop", build: func(b *built) { b.bucket(region) },
		after: func(b *built) { b.put("prod.env") }, says: noFile, broken: "env-file-missing",
		want: "env-file-missing=fixed_since"},
	{name: "the environment file is refused, and the gateway endpoint lets it through", vpc: "endpoints",
		build: func(b *built) {
			b.bucket(region, "prod.env")
			b.policy("s3", allow(`"*"`, "s3:GetObject", "arn:aws:s3:::"+b.name+"-env/*"))
		}, says: fileRefused, broken: "env-file-denied", want: "s3-endpoint-policy-denies=ruled_out"},
	{name: "the environment file is refused, and the gateway endpoint leaves its bucket out", vpc: "endpoints",
		build: func(b *built) {
			b.bucket(region, "prod.env")
			b.policy("s3", allow(`"*"`, "s3:GetObject", "arn:aws:s3:::orders/*"))
		}, says: fileRefused, broken: "env-file-denied s3-endpoint-policy-denies",
		want: "s3-endpoint-policy-denies=confirmed"},

	{name: "the access point is gone", vpc: "nat",
		build: func(b *built) { b.fileSystem(true); b.point = "fsap-0a1b2c3d4e5f60718" }, says: mountRefused,
		broken: "efs-access-point", want: "efs-access-point=confirmed"},
	{name: "the access point is another file system's", vpc: "nat",
		build: func(b *built) {
			b.fileSystem(true)
			mine := b.volume
			b.name += "b"
			b.fileSystem(true)
			b.accessPoint(1000)
			b.volume = mine
		}, says: mountRefused, broken: "efs-access-point", want: "efs-access-point=confirmed"},
	{name: "the access point's user may not enter its directory", vpc: "nat",
		build: func(b *built) { b.fileSystem(true); b.accessPoint(1001) }, says: mountRefused,
		broken: "efs-access-point", want: "efs-access-point=partial"},
	{name: "the directory is one that the access point makes", vpc: "nat",
		build: func(b *built) { b.fileSystem(true); b.accessPoint(1000) },
		says:  strings.Replace(mountLost, "Connection timed out", "No such file or directory", 1),
		want:  "efs-path-missing=ruled_out"},
	{name: "the file system's policy lets nobody mount it without IAM", vpc: "nat",
		build: func(b *built) { b.fileSystem(true); b.filePolicy() }, says: mountRefused, broken: "efs-iam-denied",
		want: "efs-iam-denied=confirmed"},
	{name: "the file system is gone", vpc: "nat", build: func(b *built) { b.volume = "fs-0a1b2c3d4e5f60718" },
		says: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			`Failed to resolve "fs-0a1b2c3d4e5f60718.efs.eu-west-1.amazonaws.com"`,
		broken: "efs-mount-target-missing", want: "efs-mount-target-missing=confirmed"},
	{name: "DNS hostnames are off, which file systems need", vpc: "nat",
		build: func(b *built) { b.fileSystem(true); b.resolver("AmazonProvidedDNS"); b.hostnames(false) },
		says: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			`Failed to resolve "{volume}.efs.eu-west-1.amazonaws.com"`,
		broken: "dns-disabled", want: "dns-disabled=confirmed efs-mount-target-missing=ruled_out"},

	{name: "the mount target's group is closed", vpc: "nat", build: func(b *built) { b.fileSystem(false) },
		says: mountLost, broken: "efs-sg-closed", want: "efs-sg-closed=confirmed"},
	{name: "the mount target's group is open", vpc: "nat", build: func(b *built) { b.fileSystem(true) },
		says: mountLost,
		want: "efs-sg-closed=ruled_out"},
}

func allow(principal, action, resource string) string {
	return fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":"%s","Resource":"%s"}]}`,
		principal, action, resource)
}

// moto is a running stand-in for AWS.
type moto struct{ cfg aws.Config }

// startMoto starts the server that MOTO_SERVER names, else that of the path, on a free port, and ends it with the test.
func startMoto(t *testing.T) *moto {
	program := os.Getenv("MOTO_SERVER")
	if program == "" {
		program = "moto_server"
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("no moto_server: ", err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	var log bytes.Buffer
	server := exec.Command(program, "-H", "127.0.0.1", "-p", address[strings.LastIndexByte(address, ':')+1:])
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a shim may start another process
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-server.Process.Pid, syscall.SIGKILL)
		server.Wait()
	})
	url := "http://" + address
	for range 300 {
		if answer, err := http.Get(url + "/moto-api/"); err == nil {
			answer.Body.Close()
			return &moto{aws.Config{Region: region, BaseEndpoint: &url,
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
				})}}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("moto did not start: ", log.String())
	return nil
}

// explain builds a state and returns what is proven of its stop.
func (m *moto) explain(t *testing.T, s state, name string) []classifier.Proof {
	b := &built{t: t, ctx: t.Context(), cfg: m.cfg, name: name, assign: "DISABLED", named: true,
		id: map[string]string{}}
	b.ec2 = ec2.NewFromConfig(m.cfg)
	b.id["secret"] = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-db"
	if s.vpc != "" {
		b.network(s.vpc)
	}
	if s.build != nil {
		s.build(b)
	}
	stop := b.stop()
	now := time.Now().Add(5 * time.Second)
	stop.CreatedAt, stop.StoppedAt = now.Add(-3*time.Second), now.Add(-time.Second)
	if s.after != nil { // moto's clock is the real one, to the second
		stop.CreatedAt = time.Now().Truncate(time.Second).Add(time.Second)
		stop.StoppedAt = stop.CreatedAt
		time.Sleep(time.Until(stop.StoppedAt.Add(1100 * time.Millisecond)))
		s.after(b)
		now = time.Now().Add(150 * time.Second)
	}
	stop.StoppedReason = b.fill(s.says)
	g := lookup.New(m.cfg, lookup.Options{Tier: evidence.TierVerify, Now: func() time.Time { return now },
		Caller: func(ctx context.Context, cfg aws.Config) (evidence.Caller, error) {
			who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			if err != nil {
				return evidence.Caller{}, err
			}
			return evidence.Caller{Account: aws.ToString(who.Account), Region: cfg.Region}, nil
		},
		Batch: asksBatch{},
		InstanceTypes: func(ctx context.Context, cfg aws.Config, names []string) (map[string]int, error) {
			answer, err := ec2.NewFromConfig(cfg).DescribeInstanceTypes(ctx, &ec2.DescribeInstanceTypesInput{
				InstanceTypes: []ec2types.InstanceType{ec2types.InstanceType(names[0])}})
			if err != nil {
				return nil, err
			}
			return map[string]int{names[0]: int(*answer.InstanceTypes[0].NetworkInfo.MaximumNetworkInterfaces)}, nil
		}})
	f := classifier.Classify(stop)
	f = classifier.Conclude(f, g.Gather(t.Context(), stop, f).Proofs)
	return f.Causes
}

// built is a state under construction; id has what was made, by what it is.
type built struct {
	t          *testing.T
	ctx        context.Context
	cfg        aws.Config
	ec2        *ec2.Client
	name       string
	assign     string
	standalone bool
	named      bool // endpoints have private DNS
	volume     string
	image      string // registry of the image, where it is not that of the task's Region
	token      string // valueFrom of the parameter, where it is not its name
	logRegion  string
	file       bool // it has an environment file, prod.env of its own bucket
	command    []string
	host       bool   // the task is for a container instance
	point      string // access point of the volume
	provider   string // capacity provider, of a task that is for instances
	id         map[string]string
}

// nodes makes a capacity provider with an Auto Scaling group that has no instance, and may have so many.
func (b *built) nodes(most int32) {
	b.provider = b.name + "-nodes"
	groups := autoscaling.NewFromConfig(b.cfg)
	_, err := groups.CreateLaunchConfiguration(b.ctx, &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: &b.name, ImageId: aws.String("ami-0a1b2c3d4e5f60718"),
		InstanceType: aws.String("t3.small")})
	b.did(err)
	_, err = groups.CreateAutoScalingGroup(b.ctx, &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: &b.name, LaunchConfigurationName: &b.name, MinSize: aws.Int32(0), MaxSize: &most,
		DesiredCapacity:   aws.Int32(0),
		AvailabilityZones: []string{region + "a"}})
	b.did(err)
	made, err := groups.DescribeAutoScalingGroups(b.ctx,
		&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{b.name}})
	b.did(err)
	_, err = ecs.NewFromConfig(b.cfg).CreateCapacityProvider(b.ctx, &ecs.CreateCapacityProviderInput{Name: &b.provider,
		AutoScalingGroupProvider: &ecstypes.AutoScalingGroupProvider{
			AutoScalingGroupArn: made.AutoScalingGroups[0].AutoScalingGroupARN}})
	b.did(err)
}

// in makes something in another Region.
func (b *built) in(other string, make func()) {
	here := b.cfg
	b.cfg.Region = other
	make()
	b.cfg = here
}

// did ends the test where a call failed.
func (b *built) did(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// fill puts names into a text.
func (b *built) fill(text string) string {
	text = strings.NewReplacer("{name}", b.name, "{secret}", b.id["secret"], "{key}", b.id["key"], "{volume}",
		b.volume).Replace(text)
	if before, after, found := strings.Cut(text, "{ip ecr.api}"); found {
		return before + b.endpointIP("ecr.api") + after
	}
	return text
}

func (b *built) network(kind string) {
	vpc, err := b.ec2.CreateVpc(b.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	b.did(err)
	b.id["vpc"] = *vpc.Vpc.VpcId
	b.hostnames(true)
	for name, cidr := range map[string]string{"app": "10.0.1.0/24", "pub": "10.0.0.0/24", "ep": "10.0.2.0/24"} {
		made, err := b.ec2.CreateSubnet(b.ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: &cidr,
			AvailabilityZone: aws.String("eu-west-1a")})
		b.did(err)
		b.id["subnet-"+name] = *made.Subnet.SubnetId
		table, err := b.ec2.CreateRouteTable(b.ctx, &ec2.CreateRouteTableInput{VpcId: vpc.Vpc.VpcId})
		b.did(err)
		b.id["rtb-"+name] = *table.RouteTable.RouteTableId
		_, err = b.ec2.AssociateRouteTable(b.ctx,
			&ec2.AssociateRouteTableInput{RouteTableId: table.RouteTable.RouteTableId,
				SubnetId: made.Subnet.SubnetId})
		b.did(err)
	}
	b.id["sg"], b.id["sg-ep"] = b.group("task"), b.group("endpoint")
	b.allow(b.id["sg-ep"], false, 443, "10.0.0.0/16")
	switch kind {
	case "nat":
		b.makeNAT()
	case "public":
		b.gateway()
		b.route("rtb-app", &ec2.CreateRouteInput{GatewayId: aws.String(b.id["igw"])})
		b.assign = "ENABLED"
	case "endpoints":
		for _, service := range []string{"ecr.api", "ecr.dkr", "s3"} {
			b.endpoint(service)
		}
	}
}

func (b *built) hostnames(on bool) {
	_, err := b.ec2.ModifyVpcAttribute(b.ctx, &ec2.ModifyVpcAttributeInput{VpcId: aws.String(b.id["vpc"]),
		EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: &on}})
	b.did(err)
}

// resolver lets a server resolve names, as each VPC of AWS has one and those of moto have none.
func (b *built) resolver(server string) {
	made, err := b.ec2.CreateDhcpOptions(b.ctx, &ec2.CreateDhcpOptionsInput{
		DhcpConfigurations: []ec2types.NewDhcpConfiguration{{Key: aws.String("domain-name-servers"),
			Values: []string{server}}}})
	b.did(err)
	_, err = b.ec2.AssociateDhcpOptions(b.ctx, &ec2.AssociateDhcpOptionsInput{VpcId: aws.String(b.id["vpc"]),
		DhcpOptionsId: made.DhcpOptions.DhcpOptionsId})
	b.did(err)
}

func (b *built) group(name string) string {
	g, err := b.ec2.CreateSecurityGroup(b.ctx, &ec2.CreateSecurityGroupInput{VpcId: aws.String(b.id["vpc"]),
		GroupName: &name, Description: &name})
	b.did(err)
	return *g.GroupId
}

func permission(port int32, cidr string) []ec2types.IpPermission {
	p := ec2types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port,
		IpRanges: []ec2types.IpRange{{CidrIp: &cidr}}}
	if port < 0 {
		p.IpProtocol, p.FromPort, p.ToPort = aws.String("-1"), nil, nil
	}
	return []ec2types.IpPermission{p}
}

func (b *built) allow(group string, egress bool, port int32, cidr string) {
	var err error
	if egress {
		_, err = b.ec2.AuthorizeSecurityGroupEgress(b.ctx, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: &group,
			IpPermissions: permission(port, cidr)})
	} else {
		_, err = b.ec2.AuthorizeSecurityGroupIngress(b.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group,
			IpPermissions: permission(port, cidr)})
	}
	b.did(err)
}

func (b *built) closeEgress(group string) {
	_, err := b.ec2.RevokeSecurityGroupEgress(b.ctx, &ec2.RevokeSecurityGroupEgressInput{GroupId: &group,
		IpPermissions: permission(-1, "0.0.0.0/0")})
	b.did(err)
}

func (b *built) revokeIngress(group string) {
	_, err := b.ec2.RevokeSecurityGroupIngress(b.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &group,
		IpPermissions: permission(443, "10.0.0.0/16")})
	b.did(err)
}

func (b *built) deny(egress bool, from, to int32) {
	acls, err := b.ec2.DescribeNetworkAcls(b.ctx, &ec2.DescribeNetworkAclsInput{Filters: []ec2types.Filter{
		{Name: aws.String("association.subnet-id"), Values: []string{b.id["subnet-app"]}}}})
	b.did(err)
	_, err = b.ec2.CreateNetworkAclEntry(b.ctx, &ec2.CreateNetworkAclEntryInput{
		NetworkAclId: acls.NetworkAcls[0].NetworkAclId, RuleNumber: aws.Int32(50), Egress: &egress,
		RuleAction: ec2types.RuleActionDeny, Protocol: aws.String("6"), CidrBlock: aws.String("0.0.0.0/0"),
		PortRange: &ec2types.PortRange{From: &from, To: &to}})
	b.did(err)
}

func (b *built) gateway() {
	made, err := b.ec2.CreateInternetGateway(b.ctx, &ec2.CreateInternetGatewayInput{})
	b.did(err)
	b.id["igw"] = *made.InternetGateway.InternetGatewayId
	_, err = b.ec2.AttachInternetGateway(b.ctx, &ec2.AttachInternetGatewayInput{
		InternetGatewayId: made.InternetGateway.InternetGatewayId, VpcId: aws.String(b.id["vpc"])})
	b.did(err)
}

func (b *built) detach() {
	_, err := b.ec2.DetachInternetGateway(b.ctx, &ec2.DetachInternetGatewayInput{
		InternetGatewayId: aws.String(b.id["igw"]), VpcId: aws.String(b.id["vpc"])})
	b.did(err)
}

func (b *built) route(table string, in *ec2.CreateRouteInput) {
	in.RouteTableId, in.DestinationCidrBlock = aws.String(b.id[table]), aws.String("0.0.0.0/0")
	_, err := b.ec2.CreateRoute(b.ctx, in)
	b.did(err)
}

func (b *built) deleteRoute(table, to string) {
	_, err := b.ec2.DeleteRoute(b.ctx, &ec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: &to})
	b.did(err)
}

func (b *built) makeNAT() {
	b.gateway()
	b.route("rtb-pub", &ec2.CreateRouteInput{GatewayId: aws.String(b.id["igw"])})
	address, err := b.ec2.AllocateAddress(b.ctx, &ec2.AllocateAddressInput{Domain: ec2types.DomainTypeVpc})
	b.did(err)
	nat, err := b.ec2.CreateNatGateway(b.ctx, &ec2.CreateNatGatewayInput{SubnetId: aws.String(b.id["subnet-pub"]),
		AllocationId: address.AllocationId})
	b.did(err)
	b.id["nat"] = *nat.NatGateway.NatGatewayId
	b.route("rtb-app", &ec2.CreateRouteInput{NatGatewayId: nat.NatGateway.NatGatewayId})
}

func (b *built) deleteNAT() {
	_, err := b.ec2.DeleteNatGateway(b.ctx, &ec2.DeleteNatGatewayInput{NatGatewayId: aws.String(b.id["nat"])})
	b.did(err)
}

func (b *built) endpoint(service string) {
	in := &ec2.CreateVpcEndpointInput{VpcId: aws.String(b.id["vpc"]),
		ServiceName: aws.String("com.amazonaws." + region + "." + service)}
	if service == "s3" {
		in.VpcEndpointType, in.RouteTableIds = ec2types.VpcEndpointTypeGateway, []string{b.id["rtb-app"]}
	} else {
		in.VpcEndpointType, in.SubnetIds = ec2types.VpcEndpointTypeInterface, []string{b.id["subnet-ep"]}
		in.SecurityGroupIds, in.PrivateDnsEnabled = []string{b.id["sg-ep"]}, &b.named
	}
	made, err := b.ec2.CreateVpcEndpoint(b.ctx, in)
	b.did(err)
	b.id[service] = *made.VpcEndpoint.VpcEndpointId
}

func (b *built) deleteEndpoint(service string) {
	_, err := b.ec2.DeleteVpcEndpoints(b.ctx, &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{b.id[service]}})
	b.did(err)
	if service != "s3" {
		return
	}
	// moto leaves the route, which AWS takes away
	tables, err := b.ec2.DescribeRouteTables(b.ctx,
		&ec2.DescribeRouteTablesInput{RouteTableIds: []string{b.id["rtb-app"]}})
	b.did(err)
	for _, r := range tables.RouteTables[0].Routes {
		if r.DestinationPrefixListId != nil {
			_, err := b.ec2.DeleteRoute(b.ctx, &ec2.DeleteRouteInput{RouteTableId: aws.String(b.id["rtb-app"]),
				DestinationPrefixListId: r.DestinationPrefixListId})
			b.did(err)
		}
	}
}

func (b *built) policy(service, document string) {
	_, err := b.ec2.ModifyVpcEndpoint(b.ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: aws.String(b.id[service]),
		PolicyDocument: &document})
	b.did(err)
}

func (b *built) endpointIP(service string) string {
	found, err := b.ec2.DescribeVpcEndpoints(b.ctx,
		&ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{b.id[service]}})
	b.did(err)
	adapters, err := b.ec2.DescribeNetworkInterfaces(b.ctx, &ec2.DescribeNetworkInterfacesInput{
		NetworkInterfaceIds: found.VpcEndpoints[0].NetworkInterfaceIds})
	b.did(err)
	return *adapters.NetworkInterfaces[0].PrivateIpAddress
}

// ---- what a task needs ----

func manifest(tag string) string {
	return `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":` +
		`{"mediaType":"application/vnd.docker.container.image.v1+json","size":1,"digest":"sha256:` + tag +
		`"},"layers":[]}`
}

func (b *built) push(tag string) {
	client := ecr.NewFromConfig(b.cfg)
	_, err := client.CreateRepository(b.ctx, &ecr.CreateRepositoryInput{RepositoryName: &b.name})
	if there := (*ecrtypes.RepositoryAlreadyExistsException)(nil); !errors.As(err, &there) {
		b.did(err)
	}
	_, err = client.PutImage(b.ctx, &ecr.PutImageInput{RepositoryName: &b.name, ImageTag: &tag,
		ImageManifest: aws.String(manifest(tag))})
	b.did(err)
}

func (b *built) retag(old, tag string) {
	_, err := ecr.NewFromConfig(b.cfg).PutImage(b.ctx, &ecr.PutImageInput{RepositoryName: &b.name, ImageTag: &tag,
		ImageManifest: aws.String(manifest(old))})
	b.did(err)
}

func (b *built) secret() {
	made, err := secretsmanager.NewFromConfig(b.cfg).CreateSecret(b.ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(b.name + "-db"), SecretString: aws.String("example")})
	b.did(err)
	b.id["made"] = *made.ARN
}

func (b *built) deleteSecret() {
	_, err := secretsmanager.NewFromConfig(b.cfg).DeleteSecret(b.ctx, &secretsmanager.DeleteSecretInput{
		SecretId: aws.String(b.id["made"])})
	b.did(err)
}

func (b *built) restoreSecret() {
	_, err := secretsmanager.NewFromConfig(b.cfg).RestoreSecret(b.ctx, &secretsmanager.RestoreSecretInput{
		SecretId: aws.String(b.id["made"])})
	b.did(err)
}

// secretPolicy gives the secret a policy for everybody, and makes its ARN that of the task definition.
func (b *built) secretPolicy(effect, condition string) {
	b.id["secret"] = b.id["made"]
	_, err := secretsmanager.NewFromConfig(b.cfg).PutResourcePolicy(b.ctx, &secretsmanager.PutResourcePolicyInput{
		SecretId: aws.String(b.id["made"]),
		ResourcePolicy: aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":`+
			`[{"Effect":"%s","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"%s}]}`, effect,
			condition))})
	b.did(err)
}

// keyed makes a secret that a key of its own encrypts.
func (b *built) keyed() {
	made, err := kms.NewFromConfig(b.cfg).CreateKey(b.ctx, &kms.CreateKeyInput{})
	b.did(err)
	b.id["key"] = *made.KeyMetadata.Arn
	of, err := secretsmanager.NewFromConfig(b.cfg).CreateSecret(b.ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(b.name + "-db"), SecretString: aws.String("example"), KmsKeyId: made.KeyMetadata.Arn})
	b.did(err)
	b.id["secret"] = *of.ARN
}

func (b *built) key(change string) {
	client, id := kms.NewFromConfig(b.cfg), aws.String(awsname.LastPart(b.id["key"]))
	var err error
	if change == "disable" {
		_, err = client.DisableKey(b.ctx, &kms.DisableKeyInput{KeyId: id})
	} else {
		_, err = client.ScheduleKeyDeletion(b.ctx, &kms.ScheduleKeyDeletionInput{KeyId: id})
	}
	b.did(err)
}

// bucket makes the bucket of the environment file, with objects in it.
func (b *built) bucket(region string, keys ...string) {
	b.file = true
	_, err := b.s3().CreateBucket(b.ctx, &s3.CreateBucketInput{Bucket: aws.String(b.name + "-env"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
			LocationConstraint: s3types.BucketLocationConstraint(region)}})
	b.did(err)
	for _, key := range keys {
		b.put(key)
	}
}

func (b *built) put(key string) {
	_, err := b.s3().PutObject(b.ctx, &s3.PutObjectInput{Bucket: aws.String(b.name + "-env"), Key: &key})
	b.did(err)
}

// s3 is a client that names buckets in the path, because moto's are no hosts.
func (b *built) s3() *s3.Client {
	return s3.NewFromConfig(b.cfg, func(o *s3.Options) { o.UsePathStyle = true })
}

// accessPoint makes one whose directory EFS makes for user 1000 alone, and through which a user acts.
func (b *built) accessPoint(user int64) {
	made, err := efs.NewFromConfig(b.cfg).CreateAccessPoint(b.ctx, &efs.CreateAccessPointInput{
		ClientToken: &b.name, FileSystemId: &b.volume, PosixUser: &efstypes.PosixUser{Uid: &user, Gid: &user},
		RootDirectory: &efstypes.RootDirectory{Path: aws.String("/orders"), CreationInfo: &efstypes.CreationInfo{
			OwnerUid: aws.Int64(1000), OwnerGid: aws.Int64(1000), Permissions: aws.String("0700")}}})
	b.did(err)
	b.point = *made.AccessPointId
}

func (b *built) filePolicy() {
	_, err := efs.NewFromConfig(b.cfg).PutFileSystemPolicy(b.ctx, &efs.PutFileSystemPolicyInput{
		FileSystemId: &b.volume, Policy: aws.String(allow(`{"AWS":"arn:aws:iam::123456789012:role/mounter"}`,
			"elasticfilesystem:ClientMount", "*"))})
	b.did(err)
}

func (b *built) parameter() {
	_, err := ssm.NewFromConfig(b.cfg).PutParameter(b.ctx,
		&ssm.PutParameterInput{Name: aws.String("/" + b.name + "/token"),
			Value: aws.String("example"), Type: ssmtypes.ParameterTypeString})
	b.did(err)
}

func (b *built) logGroup() {
	_, err := cloudwatchlogs.NewFromConfig(b.cfg).CreateLogGroup(b.ctx, &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: aws.String("/ecs/" + b.name)})
	b.did(err)
}

func (b *built) role(trusted string) {
	_, err := iam.NewFromConfig(b.cfg).CreateRole(b.ctx, &iam.CreateRoleInput{RoleName: aws.String(b.name + "-exec"),
		AssumeRolePolicyDocument: aws.String(fmt.Sprintf(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}`,
			trusted))})
	b.did(err)
}

func (b *built) fileSystem(open bool) {
	group := b.group("files of " + b.name)
	if open {
		b.allow(group, false, 2049, "10.0.0.0/16")
	}
	b.filesIn("ep", group)
}

// filesIn makes a file system with a mount target in a subnet.
func (b *built) filesIn(subnet string, groups ...string) {
	client := efs.NewFromConfig(b.cfg)
	made, err := client.CreateFileSystem(b.ctx, &efs.CreateFileSystemInput{CreationToken: &b.name})
	b.did(err)
	_, err = client.CreateMountTarget(b.ctx, &efs.CreateMountTargetInput{FileSystemId: made.FileSystemId,
		SubnetId: aws.String(b.id["subnet-"+subnet]), SecurityGroups: groups})
	b.did(err)
	b.volume = *made.FileSystemId
}

// instance makes a container instance of the cluster, with further network interfaces.
func (b *built) instance(further int32) {
	b.host = true
	_, err := ecs.NewFromConfig(b.cfg).CreateCluster(b.ctx, &ecs.CreateClusterInput{ClusterName: &b.name})
	b.did(err)
	made, err := b.ec2.RunInstances(b.ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"),
		InstanceType: ec2types.InstanceTypeT3Small, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		SubnetId: aws.String(b.id["subnet-app"])})
	b.did(err)
	id := made.Instances[0].InstanceId
	for i := range further {
		adapter, err := b.ec2.CreateNetworkInterface(b.ctx, &ec2.CreateNetworkInterfaceInput{
			SubnetId: aws.String(b.id["subnet-app"])})
		b.did(err)
		_, err = b.ec2.AttachNetworkInterface(b.ctx, &ec2.AttachNetworkInterfaceInput{InstanceId: id,
			NetworkInterfaceId: adapter.NetworkInterface.NetworkInterfaceId, DeviceIndex: aws.Int32(i + 1)})
		b.did(err)
	}
	_, err = ecs.NewFromConfig(b.cfg).RegisterContainerInstance(b.ctx, &ecs.RegisterContainerInstanceInput{
		Cluster: &b.name, InstanceIdentityDocument: aws.String(fmt.Sprintf(`{"instanceId":%q}`, *id))})
	b.did(err)
}

// job submits a job to a queue of a compute environment on Fargate in the task's subnet.
func (b *built) job() {
	b.role("batch.amazonaws.com")
	client, name := batch.NewFromConfig(b.cfg), b.name+"-jobs"
	environment, err := client.CreateComputeEnvironment(b.ctx, &batch.CreateComputeEnvironmentInput{
		ComputeEnvironmentName: &name, Type: batchtypes.CETypeManaged,
		ServiceRole: aws.String("arn:aws:iam::123456789012:role/" + b.name + "-exec"),
		ComputeResources: &batchtypes.ComputeResource{Type: batchtypes.CRTypeFargate, MaxvCpus: aws.Int32(4),
			Subnets: []string{b.id["subnet-app"]}, SecurityGroupIds: []string{b.id["sg"]}}})
	b.did(err)
	queue, err := client.CreateJobQueue(b.ctx,
		&batch.CreateJobQueueInput{JobQueueName: &name, Priority: aws.Int32(1), State: batchtypes.JQStateEnabled,
			ComputeEnvironmentOrder: []batchtypes.ComputeEnvironmentOrder{{Order: aws.Int32(1),
				ComputeEnvironment: environment.ComputeEnvironmentArn}}})
	b.did(err)
	definition, err := client.RegisterJobDefinition(b.ctx, &batch.RegisterJobDefinitionInput{JobDefinitionName: &name,
		Type: batchtypes.JobDefinitionTypeContainer, ContainerProperties: &batchtypes.ContainerProperties{
			Image: aws.String("orders:7"),
			//lint:ignore SA1019 moto describes no job that has resourceRequirements
			Vcpus: aws.Int32(1), Memory: aws.Int32(512)}})
	b.did(err)
	job, err := client.SubmitJob(b.ctx, &batch.SubmitJobInput{JobName: &name, JobQueue: queue.JobQueueArn,
		JobDefinition: definition.JobDefinitionArn})
	b.did(err)
	b.id["job"] = *job.JobId
	all, err := client.DescribeComputeEnvironments(b.ctx, &batch.DescribeComputeEnvironmentsInput{
		ComputeEnvironments: []string{name}})
	b.did(err)
	b.id["cluster"] = *all.ComputeEnvironments[0].EcsClusterArn
}

// asksBatch asks as the command line does.
type asksBatch struct{}

func (asksBatch) Job(ctx context.Context, cfg aws.Config, id string) (lookup.Job, error) {
	answer, err := batch.NewFromConfig(cfg).DescribeJobs(ctx, &batch.DescribeJobsInput{Jobs: []string{id}})
	if err != nil || len(answer.Jobs) == 0 {
		return lookup.Job{}, err
	}
	return lookup.Job{Queue: aws.ToString(answer.Jobs[0].JobQueue), AssignPublicIP: "DISABLED"}, nil
}

func (asksBatch) Environments(ctx context.Context, cfg aws.Config, queue string) ([]string, error) {
	answer, err := batch.NewFromConfig(cfg).DescribeJobQueues(ctx,
		&batch.DescribeJobQueuesInput{JobQueues: []string{queue}})
	if err != nil || len(answer.JobQueues) == 0 {
		return nil, err
	}
	return []string{*answer.JobQueues[0].ComputeEnvironmentOrder[0].ComputeEnvironment}, nil
}

func (asksBatch) OnFargate(ctx context.Context, cfg aws.Config, arns []string) ([]lookup.Environment, error) {
	answer, err := batch.NewFromConfig(cfg).DescribeComputeEnvironments(ctx,
		&batch.DescribeComputeEnvironmentsInput{ComputeEnvironments: arns})
	if err != nil || len(answer.ComputeEnvironments) == 0 {
		return nil, err
	}
	e := answer.ComputeEnvironments[0]
	return []lookup.Environment{{Cluster: *e.EcsClusterArn, Subnets: e.ComputeResources.Subnets,
		Groups: e.ComputeResources.SecurityGroupIds}}, nil
}

// zone makes a private hosted zone of the VPC, without records.
func (b *built) zone(name string) {
	_, err := route53.NewFromConfig(b.cfg).CreateHostedZone(b.ctx, &route53.CreateHostedZoneInput{Name: &name,
		CallerReference:  &b.name,
		HostedZoneConfig: &route53types.HostedZoneConfig{PrivateZone: true},
		VPC:              &route53types.VPC{VPCId: aws.String(b.id["vpc"]), VPCRegion: region}})
	b.did(err)
}

// routeTo has the task's table lead addresses to something.
func (b *built) routeTo(cidr string, in *ec2.CreateRouteInput) {
	in.RouteTableId, in.DestinationCidrBlock = aws.String(b.id["rtb-app"]), &cidr
	_, err := b.ec2.CreateRoute(b.ctx, in)
	b.did(err)
}

// transit attaches the VPC to a transit gateway and leads addresses there.
func (b *built) transit(cidr string) {
	made, err := b.ec2.CreateTransitGateway(b.ctx, &ec2.CreateTransitGatewayInput{})
	b.did(err)
	_, err = b.ec2.CreateTransitGatewayVpcAttachment(b.ctx, &ec2.CreateTransitGatewayVpcAttachmentInput{
		TransitGatewayId: made.TransitGateway.TransitGatewayId, VpcId: aws.String(b.id["vpc"]),
		SubnetIds: []string{b.id["subnet-app"]}})
	b.did(err)
	b.routeTo(cidr, &ec2.CreateRouteInput{TransitGatewayId: made.TransitGateway.TransitGatewayId})
}

// peer makes another VPC with a subnet, connects them, and leads addresses there. The other VPC has no way back.
func (b *built) peer(cidr string) {
	other, err := b.ec2.CreateVpc(b.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.8.0.0/16")})
	b.did(err)
	subnet, err := b.ec2.CreateSubnet(b.ctx, &ec2.CreateSubnetInput{VpcId: other.Vpc.VpcId,
		CidrBlock: aws.String("10.8.1.0/24"), AvailabilityZone: aws.String("eu-west-1a")})
	b.did(err)
	b.id["subnet-peer"] = *subnet.Subnet.SubnetId
	made, err := b.ec2.CreateVpcPeeringConnection(b.ctx, &ec2.CreateVpcPeeringConnectionInput{
		VpcId: aws.String(b.id["vpc"]), PeerVpcId: other.Vpc.VpcId})
	b.did(err)
	id := made.VpcPeeringConnection.VpcPeeringConnectionId
	_, err = b.ec2.AcceptVpcPeeringConnection(b.ctx, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
	b.did(err)
	b.routeTo(cidr, &ec2.CreateRouteInput{VpcPeeringConnectionId: id})
}

// stop starts a task in the state, as far as moto knows of it, and returns its stop.
func (b *built) stop() events.Stop {
	client := ecs.NewFromConfig(b.cfg)
	_, err := client.CreateCluster(b.ctx, &ecs.CreateClusterInput{ClusterName: &b.name})
	b.did(err)
	image := cmp.Or(b.image, host) + "/" + b.name + ":7"
	in := &ecs.RegisterTaskDefinitionInput{Family: &b.name, NetworkMode: ecstypes.NetworkModeAwsvpc,
		ExecutionRoleArn: aws.String("arn:aws:iam::123456789012:role/" + b.name + "-exec"),
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("app"), Image: &image,
			Memory: aws.Int32(512), Essential: aws.Bool(true), Command: b.command,
			Secrets: []ecstypes.Secret{{Name: aws.String("DB"), ValueFrom: aws.String(b.id["secret"])},
				{Name: aws.String("TOKEN"), ValueFrom: aws.String(cmp.Or(b.token, "/"+b.name+"/token"))}},
			LogConfiguration: &ecstypes.LogConfiguration{LogDriver: ecstypes.LogDriverAwslogs,
				Options: map[string]string{"awslogs-group": "/ecs/" + b.name,
					"awslogs-region":        cmp.Or(b.logRegion, region),
					"awslogs-stream-prefix": "app"}}}}}
	if b.volume != "" {
		in.Volumes = []ecstypes.Volume{{Name: aws.String("data"),
			EfsVolumeConfiguration: &ecstypes.EFSVolumeConfiguration{FileSystemId: &b.volume}}}
	}
	if b.point != "" {
		of := in.Volumes[0].EfsVolumeConfiguration
		of.TransitEncryption = ecstypes.EFSTransitEncryptionEnabled
		of.AuthorizationConfig = &ecstypes.EFSAuthorizationConfig{AccessPointId: &b.point}
	}
	if b.file {
		in.ContainerDefinitions[0].EnvironmentFiles = []ecstypes.EnvironmentFile{{
			Type: ecstypes.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::" + b.name + "-env/prod.env")}}
	}
	definition, err := client.RegisterTaskDefinition(b.ctx, in)
	b.did(err)
	s := events.Stop{Kind: events.KindTask, Account: account, Region: region, LaunchType: "FARGATE",
		PlatformVersion: "1.4.0", StopCode: "TaskFailedToStart",
		TaskARN:           "arn:aws:ecs:eu-west-1:123456789012:task/" + b.name + "/5f0e",
		TaskDefinitionARN: *definition.TaskDefinition.TaskDefinitionArn,
		ClusterARN:        "arn:aws:ecs:eu-west-1:123456789012:cluster/" + b.name,
		Containers:        []events.Container{{Name: "app", Image: image}}}
	if b.host {
		s.LaunchType, s.PlatformVersion = "EC2", ""
	}
	if b.provider != "" {
		s.LaunchType, s.PlatformVersion, s.CapacityProvider = "", "", b.provider
	}
	if b.id["vpc"] == "" {
		return s
	}
	adapter, err := b.ec2.CreateNetworkInterface(b.ctx, &ec2.CreateNetworkInterfaceInput{
		SubnetId: aws.String(b.id["subnet-app"]), Groups: []string{b.id["sg"]}})
	b.did(err)
	details := map[string]string{"subnetId": b.id["subnet-app"],
		"networkInterfaceId": *adapter.NetworkInterface.NetworkInterfaceId,
		"privateIPv4Address": *adapter.NetworkInterface.PrivateIpAddress}
	s.Attachments = []events.Attachment{{Type: "eni", Details: details}}
	if b.id["job"] != "" { // its interface is gone, so that only Batch knows the network
		s.TaskID, s.Attachments, s.JobID, s.ClusterARN = "5f0e", nil, b.id["job"], b.id["cluster"]
	}
	if b.standalone {
		return s
	}
	made, err := client.CreateService(b.ctx, &ecs.CreateServiceInput{Cluster: &b.name, ServiceName: aws.String("web"),
		TaskDefinition: definition.TaskDefinition.TaskDefinitionArn, LaunchType: ecstypes.LaunchTypeFargate,
		DesiredCount: aws.Int32(1),
		NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{
			Subnets: []string{b.id["subnet-app"]}, SecurityGroups: []string{b.id["sg"]},
			AssignPublicIp: ecstypes.AssignPublicIp(b.assign)}}})
	b.did(err)
	s.Group, s.Service = "service:web", "web"
	s.StartedBy = *made.Service.Deployments[0].Id
	s.DeploymentID = s.StartedBy
	return s
}
