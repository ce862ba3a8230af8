package screen

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// linksIn reports whether the terminal that the environment describes shows links (OSC 8), by what terminals that do
// say of themselves; docs/terminal.md has the list. FORCE_HYPERLINK decides for all others. Inside tmux and screen,
// which may pass links on or not, there are none.
func linksIn(getenv func(string) string) bool {
	term := getenv("TERM")
	switch {
	case getenv("NO_COLOR") != "" || term == "dumb":
		return false
	case getenv("FORCE_HYPERLINK") != "":
		return getenv("FORCE_HYPERLINK") != "0"
	case getenv("TMUX") != "" || strings.HasPrefix(term, "tmux") || strings.HasPrefix(term, "screen"):
		return false
	}
	if vte, err := strconv.Atoi(getenv("VTE_VERSION")); err == nil { // GNOME Terminal and its relatives
		return vte >= 5000
	}
	return getenv("WT_SESSION") != "" || // Windows Terminal
		getenv("KONSOLE_VERSION") != "" ||
		slices.Contains(linkPrograms, getenv("TERM_PROGRAM")) ||
		slices.ContainsFunc(linkTerms, func(name string) bool { return strings.HasPrefix(term, name) })
}

var (
	linkPrograms = []string{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"} // TERM_PROGRAM
	linkTerms    = []string{"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm"}
)

// address is a URL in a text, without the marks of the sentence around it.
var address = regexp.MustCompile(`https://[A-Za-z0-9/._~:?#@!$&*+,;=%-]*[A-Za-z0-9/_=&#-]`)

// linked makes the addresses in a text links, where the terminal shows them. The text stays what it was.
func (l Look) linked(s string) string {
	if !l.Links {
		return s
	}
	return address.ReplaceAllString(s, "\x1b]8;;$0\x1b\\$0\x1b]8;;\x1b\\")
}
