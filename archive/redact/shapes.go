package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// shape is a form in which credentials are written.
type shape struct {
	Name   string
	Quick  []string // a text that has none of these, in any letter case, and none of More, does not have the shape
	More   func() []string
	Redact func(string) string
}

// quicks are Quick and More.
func (s *shape) quicks() []string {
	if s.More == nil {
		return s.Quick
	}
	return s.More()
}

// shapeSet has the bit i for credentialShapes[i].
type shapeSet uint32

var credentialShapes = []shape{
	{"private key", []string{keyBegins, keyEnds}, nil, maskKeys},
	{"URL", []string{"://"}, nil, maskURLs},
	{"encoded URL", []string{"%2f%2f", "%252f%252f", `:\/\/`, `:\\/\\/`}, nil, maskEncodedURLs},
	{"database address", []string{"@tcp", "@unix(", "jdbc:oracle:", "invalid port ", postgresPort}, nil, maskAddresses},
	{"token", nil, nil, maskTokens},
	{"bot token", []string{":aa"}, nil, maskBotTokens},
	{"command", nil, clientNames, maskCommands},
	{"statement", []string{"identified", "insert into"}, nil, maskStatements},
	{"table", nameQuicks, nil, maskTables},
	{"named value", nameQuicks, nil, maskNamed},
	{"authorization", []string{"bearer ", "basic "}, nil, maskAuthorizations},
	{"environment without quotes", []string{"environment=[", "environment=\x7b", "environment: [", "environment: \x7b"},
		nil, maskEnvironment},
	{"user info", nil, nil, maskUserInfo},
	{"long run", nil, nil, maskRuns},
}

// nameQuicks are in every name of a credential, in whatever letters.
var nameQuicks = []string{"pass", "pwd", "secret", "token", "key", "auth", "pat=", "pat:", "pat ", `pat"`, "pat'",
	"_pat", "-pat",
	"dsn", "jwt", "bearer", "cookie", "cred", "psk", "pw=", "pw:", "pw ", `pw"`, "_pw", "connstr", "conn_str",
	"connectionstr",
	"connection_str", "connection-str", "connection str", "sessid", "sessionid", "kennwort", "sonar.login",
	"honeycomb-team", "bundle_", "?code=", "&code=", "login as ",
	"session=", ".sid=", "ecrypt(", "ncrypt(", "x-amz-", "signature", "sig="}

// The last of the table have no beginning.
const (
	userInfoShape shapeSet = 1 << 12
	longRun       shapeSet = 1 << 13
)

// quickTable knows the Quicks by their first three bytes.
var quickTable = sync.OnceValue(func() *quicks {
	table := &quicks{}
	for i := range credentialShapes {
		for _, quick := range credentialShapes[i].quicks() {
			table.add(quickStart{start: quick, of: i})
		}
		if credentialShapes[i].Name == "token" {
			for _, t := range tokens {
				for _, start := range t.Starts {
					table.add(quickStart{start: start, of: i, exact: true, whole: t.Whole})
				}
			}
		}
	}
	return table
})

// quicks finds which of many beginnings, of three bytes and more, stand in a text, in whatever letter case.
type quicks struct {
	bits   [1 << (trigramBits - 6)]uint64 // of the trigrams that a beginning begins with
	starts [1 << 8][]quickStart           // by the low bits of their trigrams
}

type quickStart struct {
	start   string
	of      int
	exact   bool   // in its own letter case
	whole   bool   // where a word begins
	trigram uint32 // of its first three bytes
}

// stands reports whether the beginning is at s[i].
func (q *quickStart) stands(s string, i int) bool {
	if q.exact && !strings.HasPrefix(s[i:], q.start) || q.whole && !beginsWord(s, i) {
		return false
	}
	return q.exact || hasPrefixFold(s[i:], q.start)
}

// trigramBits is the size of a number for three bytes, the same in both letter cases. It is not one to one.
const trigramBits = 15

// trigram is the number of the last three bytes, from that of the three before and the last byte.
func trigram(before uint32, c byte) uint32 {
	c &^= c >> 1 & 0x20 // a small letter is its capital
	return (before<<5 ^ uint32(c&0x3f)) & (1<<trigramBits - 1)
}

func (q *quicks) add(start quickStart) {
	n := uint32(0)
	for i := range 3 {
		n = trigram(n, start.start[i])
	}
	start.trigram = n
	q.bits[n>>6] |= 1 << (n & 63)
	q.starts[n&0xff] = append(q.starts[n&0xff], start)
}

// at are the beginnings that may stand where the trigram n does, and others.
func (q *quicks) at(n uint32) []quickStart {
	if q.bits[n>>6]&(1<<(n&63)) == 0 {
		return nil
	}
	return q.starts[n&0xff]
}

// shapesIn are the shapes that s may contain.
func shapesIn(s string) (found shapeSet) {
	find(s, func(shapes shapeSet, _ span) { found |= shapes })
	return found
}

// placesOf are the parts of s where a shape may begin, in order.
func placesOf(s string) (places []span) {
	find(s, func(_ shapeSet, at span) { places = append(places, at) })
	slices.SortFunc(places, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return places
}

// find tells seen of the shapes that s may contain, and where.
func find(s string, seen func(shapeSet, span)) {
	table := quickTable()
	if len(s) < 3 {
		return
	}
	n := trigram(trigram(0, s[0]), s[1])
	for i := 2; i < len(s); i++ {
		n = trigram(n, s[i])
		if table.bits[n>>6]&(1<<(n&63)) == 0 {
			continue
		}
		starts := table.at(n)
		for j := range starts {
			if starts[j].trigram == n && starts[j].stands(s, i-2) {
				seen(1<<starts[j].of, span{i - 2, i})
			}
		}
	}
	for next := userInfoFrom(s, 0); next.from >= 0; next = userInfoFrom(s, next.to+1) {
		seen(userInfoShape, next)
	}
	if hasLongRun(s) {
		seen(longRun, span{0, len(s)})
	}
}

// hasPrefixFold reports whether s begins with prefix in any letter case; the last byte of it dismisses most.
func hasPrefixFold(s, prefix string) bool {
	last := len(prefix) - 1
	return len(s) > last && s[last]|0x20 == prefix[last]|0x20 && strings.EqualFold(s[:last+1], prefix)
}
