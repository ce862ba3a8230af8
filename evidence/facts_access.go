package evidence

import "time"

// Access is what was read about roles and policies. What is not in a map was not asked.
type Access struct {
	Roles       map[string]Answer[Role]       // by name
	Simulations map[Call]Answer[Simulation]   // IAM's own evaluation of a role's policies
	Versions    map[string]Answer[time.Time]  // when the newest version of a managed policy was made, by its ARN
	Policies    map[string]Answer[Policy]     // by the ARN of the repository, secret, key, bucket or file system
	Keys        map[string]Answer[Key]        // by ARN
	Grants      map[string]Answer[[]KeyGrant] // by the ARN of the key
	// id of the organization that the account belongs to; Absent when it belongs to none
	Organization Answer[string]
}

// Role is an IAM role.
type Role struct {
	ARN       string
	CreatedAt time.Time
	Trust     string // JSON of its trust policy
	Boundary  string // ARN of its permissions boundary, empty when it has none
	Tags      map[string]string
}

// Call is an AWS call with a role's credentials.
type Call struct {
	Role     string // ARN
	Action   string // "ecr:BatchGetImage"
	Resource string // ARN or "*"
}

// MarshalText lets a call be the key of a JSON object.
func (c Call) MarshalText() ([]byte, error) {
	return []byte(c.Role + " " + c.Action + " " + c.Resource), nil
}

// Simulation is what SimulatePrincipalPolicy says about one call. It looks at the role's policies, its permissions
// boundary and the organization's service control policies, and at no policy of a resource or VPC endpoint.
type Simulation struct {
	Decision      string   // allowed, explicitDeny, implicitDeny
	Missing       []string // condition keys that a policy compares and the simulation did not know
	Organizations *bool    // allowed by service control policies; nil when not told
	Boundary      *bool    // allowed by the permissions boundary; nil when there is none
	Statements    []string // policies whose statements decided
}

// Policy is the policy of a resource.
type Policy struct {
	ARN      string // full ARN of the resource, where the answer names it
	Document string // JSON, empty when the resource has no policy
}

// Key is a KMS key.
type Key struct {
	ARN       string
	State     string // Enabled, Disabled, PendingDeletion, …
	Manager   string // AWS, CUSTOMER
	CreatedAt time.Time
	DeletedAt time.Time
}

// KeyGrant is a grant of a KMS key.
type KeyGrant struct {
	Grantee     string
	Operations  []string
	Constrained bool // holds only for an encryption context
}
