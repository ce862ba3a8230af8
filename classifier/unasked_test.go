package classifier

import "testing"

func TestUnasked(t *testing.T) {
	refused := Proof{Cause: "role-missing", Result: Inconclusive, Reason: ReasonNoPermission,
		MissingAction: "iam:GetRole"}
	again := Proof{Cause: "role-not-assumable", Result: Inconclusive, Reason: ReasonNoPermission,
		MissingAction: "iam:GetRole"}
	beyond := Proof{Cause: "env-file-missing", Result: NotChecked, Reason: ReasonTier, MissingAction: "s3:ListBucket"}
	off := Proof{Cause: "app-error", Result: NotChecked, Reason: ReasonOption, MissingAction: "logs:GetLogEvents"}
	for _, tt := range []struct {
		name   string
		causes []Proof
		want   string
	}{
		{"nothing", nil, ""},
		{"nothing that somebody could grant", []Proof{{Cause: "x", Result: Inconclusive, Reason: ReasonUnsaid}}, ""},
		{"a permission, once", []Proof{refused, again}, "iam:GetRole: not allowed to who asked"},
		{
			"each kind",
			[]Proof{off, beyond, refused},
			"iam:GetRole: not allowed to who asked; s3:ListBucket: beyond its tier, in a higher one of the option " +
				"`evidence`, or with --verify; logs:GetLogEvents: with the option `logTail`, or with --verify",
		},
		{"another cause is proven", []Proof{refused, {Cause: "x", Result: Confirmed}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Unasked(tt.causes); got != tt.want {
				t.Errorf("Unasked = %q, want %q", got, tt.want)
			}
		})
	}
}
