package screen

import "testing"

func TestDidYouMean(t *testing.T) {
	known := []string{"image.unreachable", "image.not_found", "route-missing", "registry_auth.denied", "--verify",
		"--json", "explain", "history"}
	for _, test := range []struct{ name, typed, want string }{
		{"a letter left out", "image.unreachble", "; did you mean image.unreachable?"},
		{"a letter too many", "route-misssing", "; did you mean route-missing?"},
		{"swapped", "histroy", "; did you mean history?"},
		{"another letter", "explane", "; did you mean explain?"},
		{"of short ones one letter", "--jsn", "; did you mean --json?"},
		{"upper case", "Route-Missing", "; did you mean route-missing?"},
		{"a beginning", "image", "; did you mean image.unreachable or image.not_found?"},
		{"something else", "nonsense", ""},
		{"too short", "x", ""},
		{"nothing", "", ""},
	} {
		if got := DidYouMean(test.typed, known); got != test.want {
			t.Errorf("%s: %q is answered with %q, want %q", test.name, test.typed, got, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3},
		{"ca", "abc", 3},
	} {
		if got, back := distance(test.a, test.b), distance(test.b, test.a); got != test.want || back != test.want {
			t.Errorf("%q to %q: %d, and %d back, want %d", test.a, test.b, got, back, test.want)
		}
	}
}
