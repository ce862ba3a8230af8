package evidence

import (
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// TestProofsNameWhatTheyRestOn has sentences of the checks.
func TestProofsNameWhatTheyRestOn(t *testing.T) {
	for _, test := range []struct {
		proof classifier.Proof
		want  string
	}{
		{RuledOut("route table rtb-0a of subnet-0b leads 0.0.0.0/0 to nat-0c"), "rtb-0a nat-0c"},
		{RuledOut("sg-0a and sg-0b allow outbound tcp 443 to 10.0.2.7 (VPC endpoint vpce-0c (ecr.api))"),
			"sg-0a sg-0b vpce-0c"},
		{RuledOut("network ACL acl-0a of subnet-0b lets tcp 443 and its answer pass"), "acl-0a"},
		{Confirmed("", "igw-0a is not attached to vpc-0b, and a route leads to it"), "igw-0a"},
		{Confirmed("", "no policy of role orders-exec allows ecr:GetAuthorizationToken on *"), "orders-exec"},
		{Confirmed("", "vpc-0a has no ecr.api endpoint, and route table rtb-0b of subnet-0c has no route"),
			"rtb-0b DeleteVpcEndpoints"},
		{RuledOut("vpc-0a has no ecr.api endpoint, and needs none"), ""},
		{RuledOut("secret orders/db exists, created 2026-03-02 09:00:00Z"), ""},
		{Confirmed("", "eu-west-1 has no secret orders/db; the secret of that name is another"),
			"DeleteSecret:orders/db"},
		{Confirmed("", "eu-west-1 has no parameter /orders/token or orders/token"),
			"DeleteParameter:/orders/token DeleteParameters:/orders/token"},
		{Confirmed("", "eu-west-1 has no log group /ecs/orders, and container app does not set it"),
			"DeleteLogGroup:/ecs/orders"},
		{Confirmed("", "registry 210987654321 in eu-west-1 has no repository shop/orders"),
			"DeleteRepository:shop/orders"},
		{Confirmed("", "repository shop/orders of registry 210987654321 in eu-west-1 has no tag 7"),
			"BatchDeleteImage:shop/orders"},
		{Confirmed("", "there is no bucket orders-env"), "DeleteBucket:orders-env"},
		{Confirmed("", "file system fs-0a has no mount target"), "DeleteMountTarget"},
		{RuledOut("mount target fsmt-0a of fs-0b is available in eu-west-1a"),
			"CreateMountTarget:fs-0b ModifyMountTargetSecurityGroups:fsmt-0a"},
		{Confirmed("", "there is no access point fsap-0a in eu-west-1"), "DeleteAccessPoint:fsap-0a"},
		{RuledOut("the policy of arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf denies nothing"),
			"PutResourcePolicy:arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf " +
				"DeleteResourcePolicy:arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf"},
		{Confirmed("", "key arn:aws:kms:eu-west-1:210987654321:key/5f0e is Disabled"),
			"DisableKey:arn:aws:kms:eu-west-1:210987654321:key/5f0e"},
		{RuledOut("statement 1 of the policy of fs-0a lets everybody mount it"),
			"PutFileSystemPolicy:fs-0a DeleteFileSystemPolicy:fs-0a"},
	} {
		var names []string
		for _, thing := range RestsOn(test.proof) {
			names = append(names, strings.ReplaceAll(thing.Key(), " ", ":"))
		}
		if !slices.Equal(names, strings.Fields(test.want)) {
			t.Errorf("%q rests on %q, want %s", test.proof.Evidence, names, test.want)
		}
	}
}

// TestOnlyWhatChangesAThingIsAChange: what uses a security group is none.
func TestOnlyWhatChangesAThingIsAChange(t *testing.T) {
	group, role := Changeable{Kind: "sg", Name: "sg-1"}, Changeable{Kind: "role", Name: "orders-exec"}
	for _, test := range []struct {
		of   Changeable
		call TrailEvent
		want bool
	}{
		{group, TrailEvent{Action: "ec2:RevokeSecurityGroupEgress"}, true},
		{group, TrailEvent{Action: "ec2:RevokeSecurityGroupEgress", Error: "Client.UnauthorizedOperation"}, false},
		{group, TrailEvent{Action: "ec2:CreateTags"}, false},
		{group, TrailEvent{Action: "ec2:CreateNetworkInterface"}, false},
		{group, TrailEvent{Action: "ec2:DeleteRoute"}, false},
		{role, TrailEvent{Action: "iam:PutRolePolicy"}, true},
		{role, TrailEvent{Action: "sts:AssumeRole"}, false},
		{Changeable{Call: "DeleteSecret",
			Name: "arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf"},
			TrailEvent{Action: "secretsmanager:DeleteSecret", Named: []string{"orders/db"}}, true},
		{Changeable{Call: "DeleteSecret", Name: "orders/db"}, TrailEvent{Action: "secretsmanager:DeleteSecret",
			Named: []string{"arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf"}}, true},
		{Changeable{Call: "DeleteSecret", Name: "orders/db"},
			TrailEvent{Action: "secretsmanager:DeleteSecret", Named: []string{"orders/db-2"}}, false},
		{Changeable{Call: "DeleteSecret", Name: "orders/db"},
			TrailEvent{Action: "secretsmanager:DeleteSecret", Named: []string{"orders"}}, false},
		{Changeable{Call: "DeleteMountTarget"},
			TrailEvent{Action: "elasticfilesystem:DeleteMountTarget", Named: []string{"fsmt-0a"}}, true},
		{Changeable{Call: "DisableKey", Name: "arn:aws:kms:eu-west-1:210987654321:key/5f0e"},
			TrailEvent{Action: "kms:DisableKey", Named: []string{"5f0e"}}, true},
		{Changeable{Call: "DeleteParameter", Name: "/orders/token"},
			TrailEvent{Action: "ssm:DeleteParameter", Named: []string{"orders/token"}}, true},
	} {
		if got := test.of.Changes(test.call); got != test.want {
			t.Errorf("%s changes %s: %t", test.call.Action, test.of.Name, got)
		}
	}
}

// TestAPermissionThatWasGivenSinceRulesNothingOut holds the role's policy, which has no time of its own, against what
// CloudTrail tells of it.
func TestAPermissionThatWasGivenSinceRulesNothingOut(t *testing.T) {
	failed := time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC)
	for _, test := range []struct {
		at   time.Duration
		want string
	}{
		{3 * time.Minute, "inconclusive fixed_since"},
		{-time.Hour, "ruled_out"},
	} {
		c := Case{Stop: events.Stop{CreatedAt: failed.Add(-time.Minute), StoppedAt: failed},
			CheckedAt: failed.Add(5 * time.Minute)}
		c.Facts.Changes = map[string]Answer[[]TrailEvent]{"orders-exec": Is([]TrailEvent{{At: failed.Add(test.at),
			Action: "iam:PutRolePolicy", Identity: "IAMUser", ARN: "arn:aws:iam::210987654321:user/li"}})}
		p := Check{Cause: "role-permission-missing", Prove: func(*Case) classifier.Proof {
			return RuledOut("the policies of role orders-exec allow ecr:GetAuthorizationToken on *")
		}}.Judge(&c)
		if got := strings.TrimSpace(string(p.Result) + " " + p.Reason); got != test.want ||
			!strings.Contains(p.Evidence, "last change of orders-exec: iam:PutRolePolicy at") ||
			!strings.Contains(p.Evidence, "user/li") {
			t.Errorf("%s: %s, want %s: %s", test.at, got, test.want, p.Evidence)
		}
	}
}

// TestWhatRanWellLast: of a service that is steady for long, the time that counts is when its tasks were started.
func TestWhatRanWellLast(t *testing.T) {
	created := time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC)
	said := func(ago time.Duration, message string) ServiceEvent {
		return ServiceEvent{At: created.Add(-ago), Message: "(service web) " + message}
	}
	const day = 24 * time.Hour
	started, steady := "has started 1 tasks: (task 5f0e).", "has reached a steady state."
	for _, test := range []struct {
		name   string
		events []ServiceEvent // the newest first, as ECS lists them
		steady Steady
		want   time.Duration // before the task was created; 0 for never
	}{
		{name: "nothing is known"},
		{
			name:   "steady for days",
			events: []ServiceEvent{said(time.Hour, steady), said(2*day, steady), said(9*day, started)},
			want:   9 * day,
		},
		{
			name:   "the second try stayed",
			events: []ServiceEvent{said(day, steady), said(25*time.Hour, started), said(26*time.Hour, started)},
			want:   25 * time.Hour,
		},
		{
			name:   "what was started since never was steady",
			events: []ServiceEvent{said(time.Hour, started), said(2*day, steady), said(3*day, started)},
			want:   3 * day,
		},
		{name: "steady since before what is told", events: []ServiceEvent{said(time.Hour, steady)}},
		{name: "steady only afterwards", events: []ServiceEvent{said(-time.Hour, steady), said(-time.Minute, started)}},
		{name: "by the archive", steady: Steady{StartedAt: created.Add(-5 * day)}, want: 5 * day},
		{name: "by an archive that is wrong", steady: Steady{StartedAt: created.Add(time.Hour)}},
		{
			name:   "the later of both",
			events: []ServiceEvent{said(day, steady), said(2*day, started)},
			steady: Steady{StartedAt: created.Add(-5 * day)},
			want:   2 * day,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Case{Stop: events.Stop{CreatedAt: created, Service: "web"}}
			c.Facts.Task.Service = Is(Service{Events: test.events})
			c.Facts.Running.Steady.Value = test.steady
			at, source := LastGood(&c)
			var want time.Time
			if test.want > 0 {
				want = created.Add(-test.want)
			}
			if !at.Equal(want) || source == "" && test.want > 0 && test.steady.StartedAt.IsZero() {
				t.Errorf("LastGood = %s (%s), want %s", at, source, want)
			}
		})
	}
}
